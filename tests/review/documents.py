"""Small clean documents, one a version of OpenAPI, and edits of them."""

import copy
import json

from signoff.contract.pointer import split
from signoff.review.configuration import Configuration
from signoff.review.inspection import review_document
from signoff.review.rules import RULES, Profile

GONE = object()
ORDER = "/paths/~1orders~1{order_id}/get"
LIST = "/paths/~1orders/get"
MAKE = "/paths/~1orders/post"
SCHEMAS = "/components/schemas"
PROBLEM = {
    "type": "https://shop.example.com/problems/order-missing",
    "title": "Order not found",
    "status": 404,
}
AN_ORDER = {
    "order_id": "018f6b1e-7c2a-7d3e-9b41-5a6c7d8e9f10",
    "state": "open",
    "placed_at": "2026-01-15T09:30:00Z",
}


def _problem(status, title, kind):
    return {
        "description": title,
        "content": {
            "application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "example": {
                    "type": f"https://shop.example.com/problems/{kind}",
                    "title": title,
                    "status": status,
                },
            }
        },
    }


SHOP = {
    "openapi": "3.1.0",
    "info": {
        "title": "Shop",
        "version": "1.0.0",
        "description": "Orders of a shop.",
        "contact": {"name": "Shop", "url": "https://shop.example.com"},
        "license": {"name": "Shop terms", "url": "https://shop.example.com/terms"},
    },
    "servers": [{"url": "https://shop.example.com/v1"}],
    "security": [{"token": []}],
    "tags": [{"name": "orders", "description": "What customers bought."}],
    "paths": {
        "/orders": {
            "get": {
                "operationId": "list_orders",
                "summary": "List orders",
                "tags": ["orders"],
                "parameters": [
                    {
                        "name": "limit",
                        "in": "query",
                        "description": "How many orders to list.",
                        "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
                        "example": 10,
                    }
                ],
                "responses": {
                    "200": {
                        "description": "The orders.",
                        "headers": {
                            "X-Total-Count": {
                                "description": "How many there are.",
                                "schema": {"type": "integer"},
                            }
                        },
                        "content": {
                            "application/json": {
                                "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Order"}},
                                "examples": {"one": {"value": [AN_ORDER]}},
                            }
                        },
                    },
                    "401": {"$ref": "#/components/responses/Unauthorized"},
                    "4XX": {"$ref": "#/components/responses/Refused"},
                },
            },
            "post": {
                "operationId": "place_order",
                "summary": "Place an order",
                "tags": ["orders"],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/NewOrder"},
                            "example": {"customer_name": "Ada", "item_count": 2},
                        }
                    },
                },
                "responses": {
                    "201": {
                        "description": "The order is placed.",
                        "content": {
                            "application/json": {
                                "schema": {"$ref": "#/components/schemas/Order"},
                                "example": AN_ORDER,
                            }
                        },
                    },
                    "401": {"$ref": "#/components/responses/Unauthorized"},
                    "4XX": {"$ref": "#/components/responses/Refused"},
                },
            },
        },
        "/orders/{order_id}": {
            "get": {
                "operationId": "get_order",
                "summary": "Get an order",
                "tags": ["orders"],
                "parameters": [
                    {
                        "name": "order_id",
                        "in": "path",
                        "required": True,
                        "description": "Which order.",
                        "schema": {"type": "string", "format": "uuid"},
                    }
                ],
                "responses": {
                    "200": {
                        "description": "The order.",
                        "content": {
                            "application/json": {
                                "schema": {"$ref": "#/components/schemas/Order"},
                                "example": AN_ORDER,
                            }
                        },
                    },
                    "401": {"$ref": "#/components/responses/Unauthorized"},
                    "404": _problem(404, "Order not found", "order-missing"),
                    "4XX": {"$ref": "#/components/responses/Refused"},
                },
            }
        },
    },
    "components": {
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        "responses": {
            "Unauthorized": _problem(401, "Unauthorized", "unauthorized"),
            "Refused": _problem(422, "Invalid request", "invalid-request"),
        },
        "schemas": {
            "Order": {
                "description": "An order.",
                "type": "object",
                "required": ["order_id", "state"],
                "properties": {
                    "order_id": {
                        "description": "Its id.",
                        "type": "string",
                        "format": "uuid",
                        "readOnly": True,
                    },
                    "state": {
                        "description": "How far it is.",
                        "type": "string",
                        "enum": ["open", "sent", "paid"],
                    },
                    "placed_at": {
                        "description": "When it was placed.",
                        "type": "string",
                        "format": "date-time",
                    },
                    "item_count": {
                        "description": "How many items.",
                        "type": "integer",
                        "minimum": 0,
                        "maximum": 50,
                    },
                },
            },
            "NewOrder": {
                "description": "What a customer wants.",
                "type": "object",
                "required": ["customer_name"],
                "properties": {
                    "customer_name": {
                        "description": "Who orders.",
                        "type": "string",
                        "minLength": 1,
                        "maxLength": 80,
                    },
                    "gift_note": {"description": "A greeting.", "type": "string", "maxLength": 200},
                    "item_count": {
                        "description": "How many items.",
                        "type": "integer",
                        "minimum": 1,
                        "maximum": 50,
                        "default": 1,
                    },
                },
            },
            "Problem": {
                "description": "What went wrong (RFC 9457).",
                "type": "object",
                "required": ["title", "status"],
                "properties": {
                    "type": {
                        "description": "The kind of problem.",
                        "type": "string",
                        "format": "uri-reference",
                    },
                    "title": {"description": "The kind in words.", "type": "string"},
                    "status": {"description": "The status code.", "type": "integer"},
                    "detail": {"description": "This occurrence in words.", "type": "string"},
                    "instance": {"description": "The path of the request.", "type": "string"},
                },
            },
        },
    },
}
SHOP_3_0 = {**copy.deepcopy(SHOP), "openapi": "3.0.3"}
SHOP_3_2 = {**copy.deepcopy(SHOP), "openapi": "3.2.0"}
SHOP_2_0 = {
    "swagger": "2.0",
    "info": {"title": "Shop", "version": "1.0.0", "description": "Orders.", "contact": {"name": "Shop"}},
    "host": "shop.example.com",
    "schemes": ["https"],
    "produces": ["application/json"],
    "consumes": ["application/json"],
    "paths": {
        "/orders/{order_id}": {
            "put": {
                "operationId": "put_order",
                "summary": "Put an order",
                "parameters": [
                    {
                        "name": "order",
                        "in": "body",
                        "required": True,
                        "schema": {"$ref": "#/definitions/Order"},
                    },
                    {
                        "name": "order_id",
                        "in": "path",
                        "required": True,
                        "type": "string",
                        "description": "Which.",
                    },
                    {
                        "name": "tags",
                        "in": "query",
                        "type": "array",
                        "items": {"type": "string"},
                        "description": "T.",
                    },
                    {
                        "name": "depth",
                        "in": "query",
                        "type": "integer",
                        "default": 1,
                        "description": "How deep.",
                    },
                ],
                "responses": {
                    "200": {
                        "description": "The order.",
                        "schema": {"$ref": "#/definitions/Order"},
                        "examples": {"application/json": {"name": "Ada"}},
                    },
                    "400": {"description": "Refused."},
                },
            }
        }
    },
    "definitions": {
        "Order": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
    },
}


def edited(base, edits):
    """A copy of a document with the value at each pointer set, or removed where it is GONE."""
    document = json.loads(json.dumps(base))  # not deepcopy, which keeps shared parts shared
    for pointer, value in edits.items():
        *path, last = split(pointer)
        holder = document
        for token in path:
            holder = holder[int(token)] if isinstance(holder, list) else holder.setdefault(token, {})
        if value is GONE:
            del holder[int(last) if isinstance(holder, list) else last]
        elif isinstance(holder, list):
            holder[int(last) :] = [value] if int(last) == len(holder) else [value, *holder[int(last) + 1 :]]
        else:
            holder[last] = copy.deepcopy(value)
    return document


def reviewed(folder, document, profile=Profile.ESSENTIAL, **configured):
    """The inspection of a document."""
    path = folder / "shop.json"
    path.write_text(json.dumps(document, indent=2))
    return review_document(path, Configuration(profile=profile, **configured))


def rules_found(folder, document, profile=Profile.ESSENTIAL):
    """The ids of the rules that find something."""
    return {finding.rule for finding in reviewed(folder, document, profile).findings}


def profile_of(rule):
    """The profile that a rule belongs to."""
    return RULES[rule].profile
