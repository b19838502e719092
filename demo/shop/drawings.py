"""Pictures that no file is needed for."""

import base64
import io
import math
import random

from PIL import Image, ImageDraw, ImageFilter, ImageOps


def logo(ground, wave):
    """Return the emblem of the shop: two waves of the river that it is called after."""
    image = Image.new("RGB", (320, 160), "white")
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((8, 8, 311, 151), radius=36, fill=ground)
    for colour, level in (("white", 66), (wave, 100)):
        points = [(x, level + 18 * math.sin(x / 33)) for x in range(40, 282)]
        draw.line(points, fill=colour, width=16, joint="curve")
    return _encode(image)


def signature(name):
    """Return a drawn signature, always the same for the same name."""
    pen = random.Random(name)
    image = Image.new("RGB", (420, 140), "white")
    draw = ImageDraw.Draw(image)
    frequency, height = pen.uniform(0.05, 0.09), pen.uniform(25, 40)
    points = [
        (
            30 + x,
            80
            - height * math.sin(x * frequency) * math.exp(-x / 420)
            - 14 * math.sin(x * frequency * 2.7 + pen.uniform(-0.1, 0.1)),
        )
        for x in range(0, 340, 3)
    ]
    draw.line(points, fill=(20, 30, 90), width=3, joint="curve")
    draw.line([(25, 112), (375, 104)], fill=(20, 30, 90), width=2)
    return _encode(image)


def photo(name):
    """Return a close-up of something worn and cracked, the same for the same name."""
    eye = random.Random(name)
    image = Image.radial_gradient("L").resize((640, 480))
    image = ImageOps.colorize(image, (205, 210, 215), (60, 66, 74)).convert("RGB")
    draw = ImageDraw.Draw(image)
    centre = (eye.uniform(220, 420), eye.uniform(160, 320))
    for _ in range(9):
        angle, point = eye.uniform(0, 2 * math.pi), centre
        for _step in range(eye.randint(3, 7)):
            angle += eye.uniform(-0.5, 0.5)
            length = eye.uniform(20, 55)
            end = (
                point[0] + length * math.cos(angle),
                point[1] + length * math.sin(angle),
            )
            draw.line([point, end], fill=(28, 30, 34), width=eye.randint(1, 4))
            point = end
    return _encode(image.filter(ImageFilter.GaussianBlur(1)))


def _encode(image):
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return base64.b64encode(buffer.getvalue())
