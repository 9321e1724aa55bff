"""Holds OpenAPI documents to the official meta-schema, and each example in them to its schema."""

import copy
import json
import sys

from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry
from referencing.jsonschema import DRAFT202012


def examples(value, pointer=""):
    """Each schema with examples: its place, and them."""
    if isinstance(value, dict):
        if isinstance(value.get("examples"), list):
            yield pointer, value["examples"]
        for name, part in value.items():
            if name not in ("examples", "example", "default", "enum", "const"):
                yield from examples(part, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from examples(part, f"{pointer}/{place}")


def check(document):
    """How many examples there are; what is wrong ends the program."""
    OpenAPIV31SpecValidator(document).validate()
    for name, schema in document["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
    registry = Registry().with_resource("urn:document", DRAFT202012.create_resource(document))
    count = 0
    for pointer, values in examples(document):
        validator = Draft202012Validator(
            {"$ref": f"urn:document#{pointer}"}, registry=registry, format_checker=Draft202012Validator.FORMAT_CHECKER
        )
        for value in values:
            for error in validator.iter_errors(value):
                sys.exit(f"{pointer}: {error.message}")
            count += 1
    return count


def is_refused(document):
    try:
        check(document)
    except (Exception, SystemExit):
        return True
    return False


for path in sys.argv[1:]:
    document = json.load(open(path))
    count = check(document)
    assert count > 50, f"{path} has {count} examples only"
    # What can't be refused proves nothing.
    broken = copy.deepcopy(document)
    broken["components"]["schemas"]["Time"]["examples"] = [17]
    assert is_refused(broken), "a wrong example is let pass"
    broken = copy.deepcopy(document)
    broken["info"].pop("title")
    assert is_refused(broken), "a document without a title is let pass"
    print(f"{path.rsplit('/', 1)[-1]}: {len(document['paths'])} paths, {count} examples, each by its schema")
