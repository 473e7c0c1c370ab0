"""Says what is wrong with the OCPP messages in a log: python validate.py FILE [VERSION]"""

import sys

import ocpp_core

with open(sys.argv[1], encoding="utf-8", errors="replace") as log:
    messages = ocpp_core.validate(log.read(), *sys.argv[2:3])
for message in messages:
    for error in message.get("errors", []):
        print(f"line {message['line']}: {message['message']}{error['pointer']}: {error['expected']} is wanted")
sys.exit(not all(message["ok"] for message in messages))
