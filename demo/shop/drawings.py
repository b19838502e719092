"""Pictures that no file is needed for."""

import base64
import io
import math
import random

from PIL import Image, ImageDraw


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


def _encode(image):
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return base64.b64encode(buffer.getvalue())
