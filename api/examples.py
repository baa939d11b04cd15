# SPDX-License-Identifier: Apache-2.0
"""Examples of the OpenAPI document: for each operation a file of requests with the answers they get.

They are of one small ledger (`tests/example_ledger.py`), and a test sends each and compares. What is long or made anew
each time is cut: a text that ends in ``…`` shows its beginning, a list whose last item is ``…`` its first items, an object
with a member ``…`` some of its members. Answers that are bytes are shown in base64.
"""

import json
from importlib.resources import files
from typing import Any, Final

from api.problems import MEDIA_TYPE

FOLDER: Final = files("api") / "openapi"


def add_examples(operation: dict[str, Any]) -> None:
    """`operation` of an OpenAPI document shows its examples; the request and the answer of one have the same name."""
    file = FOLDER / f"{operation['operationId']}.json"
    for example in json.loads(file.read_bytes()) if file.is_file() else ():
        _add_request(operation, example)
        _add_answer(operation, example)


def _add_request(operation: dict[str, Any], example: dict[str, Any]) -> None:
    shown = {"summary": example["summary"]}
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in example["parameters"]:
            value = {**shown, "value": example["parameters"][parameter["name"]]}
            parameter.setdefault("examples", {})[example["name"]] = value
    if "body" in example:
        (content,) = operation["requestBody"]["content"].values()
        content.setdefault("examples", {})[example["name"]] = {**shown, "value": example["body"]}


def _add_answer(operation: dict[str, Any], example: dict[str, Any]) -> None:
    answers = operation["responses"]
    default = answers.get("default", {"description": ""})
    answer = answers.setdefault(example["status"], {"description": default["description"], "content": {}})
    media_type = example["media_type"]
    if media_type == MEDIA_TYPE and media_type not in answer["content"]:
        answer["content"][media_type] = dict(default["content"][MEDIA_TYPE])
    content = answer["content"][media_type]
    content["examples"] = {
        **content.get("examples", {}),
        example["name"]: {"summary": example["summary"], "value": example["answer"]},
    }
