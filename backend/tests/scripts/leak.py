"""Prints its secret whole, in pieces, and encoded."""

import base64
import json
import os
import sys
import time
from urllib.parse import quote

secret = os.environ["TEST_SECRET"]
print("plain", secret)
print("base64", base64.b64encode(b"x" + secret.encode()).decode())
print("url", quote(secret, safe=""))
print("json", json.dumps({"password": secret}))
for character in secret:
    sys.stdout.write(character)
    sys.stdout.flush()
    time.sleep(0.001)
print(" in pieces")
print(secret, file=sys.stderr)
