"""QR codes and bar codes as pictures, drawn for prints of many at once.

Odoo's own take some 40 ms each, which fifty labels would wait for.
"""

import base64
import io

import qrcode
from PIL import Image
from reportlab.graphics.barcode.code128 import Code128

# Pixels of a module, so that printers and viewers need not blur it.
SCALE = 8


def qr_image(text):
    """Return the QR code of ``text`` without a margin, as a PNG in base64."""
    # Trying which of the eight masks is best costs more than all the rest; scanners
    # read each of them.
    code = qrcode.QRCode(border=0, mask_pattern=0)
    code.add_data(text)
    code.make(fit=True)
    return _draw(code.get_matrix())


def bar_image(text):
    """Return the Code 128 of ``text`` without a margin, as a PNG in base64.

    :rtype: bytes, or False where the text has characters that it cannot hold
    """
    if not text or not text.isascii():
        return False
    code = Code128(text, quiet=0)
    code.validate()
    code.encode()
    code.decompose()
    row = []
    for letter in code.decomposed:  # A to D: bars of that width; a to d: spaces
        row += [letter.isupper()] * (ord(letter.upper()) - ord("A") + 1)
    return _draw([row])


def _draw(rows):
    """Draw black where a module is true."""
    width, height = len(rows[0]), len(rows)
    image = Image.new("1", (width, height))
    image.putdata([0 if module else 1 for row in rows for module in row])
    image = image.resize((width * SCALE, height * SCALE), Image.Resampling.NEAREST)
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return base64.b64encode(stream.getvalue())
