"""A fresh process that stands for a cold function: `python bench/cold_child.py floor|app EVENT`. Prints the status it answered.

`floor` is the least that any Chalice function with DynamoDB needs: chalice, a client, one route that reads one item.
`app` imports app.py and answers the event.
"""

import json
import os
import sys


def floor(event: dict[str, object]) -> int:
    import boto3
    from chalice.app import Chalice

    app = Chalice(app_name="floor")
    client = boto3.client("dynamodb")

    @app.route("/one")
    def read() -> dict[str, object]:
        key = {"contract": {"S": "one"}, "item": {"S": "contract"}}
        return {"found": client.get_item(TableName="mimamori-bench-contracts", Key=key).get("Item")}

    context = {**event["requestContext"], "resourcePath": "/one"}  # type: ignore[dict-item]
    plain = {**event, "resource": "/one", "path": "/one", "pathParameters": None, "requestContext": context}
    status: int = app(plain, None)["statusCode"]
    return status


def ours(event: dict[str, object]) -> int:
    import app

    status: int = app.app(event, None)["statusCode"]
    return status


if __name__ == "__main__":
    print({"floor": floor, "app": ours}[sys.argv[1]](json.loads(sys.argv[2])), flush=True)
    os._exit(0)  # a function that has answered is not taken apart, so taking it apart is not measured
