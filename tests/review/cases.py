"""For every rule, edits of a clean document that it reports, and edits that it does not."""

from tests.review.documents import (
    AN_ORDER,
    GONE,
    LIST,
    MAKE,
    ORDER,
    SCHEMAS,
    SHOP,
    SHOP_2_0,
    SHOP_3_0,
    SHOP_3_2,
)

_NAME = f"{SCHEMAS}/NewOrder/properties/customer_name"
_COUNT = f"{SCHEMAS}/NewOrder/properties/item_count"
_STATE = f"{SCHEMAS}/Order/properties/state"
_PLACED = f"{SCHEMAS}/Order/properties/placed_at"
_NOTE = f"{SCHEMAS}/NewOrder/properties/gift_note"
_BODY = f"{MAKE}/requestBody/content/application~1json"
_LISTED = f"{LIST}/responses/200/content/application~1json"
_GOT = f"{ORDER}/responses/200/content/application~1json"
_MISSING = f"{ORDER}/responses/404/content/application~1problem+json"
_LIMIT = f"{LIST}/parameters/0"
_PUT = "/paths/~1orders~1{order_id}/put"
_OAUTH = {
    "type": "oauth2",
    "flows": {
        "clientCredentials": {
            "tokenUrl": "https://shop.example.com/token",
            "scopes": {"orders:read": "Read."},
        }
    },
}
_PET = {"oneOf": [{"$ref": "#/components/schemas/Cat"}], "discriminator": {"propertyName": "kind"}}
_CAT = {
    "type": "object",
    "required": ["kind"],
    "properties": {"kind": {"type": "string", "description": "Which."}},
}
_COUPON = {
    "description": "A coupon.",
    "type": "object",
    "properties": {"code": {"type": "string", "maxLength": 9}},
}
_VARIABLE = {"/servers/0/variables": {"v": {"default": "v1"}}}
_PARTS = {"type": "array", "items": {"type": "string", "maxLength": 9}, "maxItems": 3}
_NAMED_PARTS = {"schema": {"type": "object"}, "encoding": {"a": {"contentType": "text/plain"}}}
_MIXED = {"schema": _PARTS, "encoding": {}, "itemEncoding": {"contentType": "text/plain"}}
_ELSEWHERE = "https://shop.example.com/problems/order-missing"
_ARRAY = {"type": "array", "items": {"type": "string"}, "description": "Words."}
_SEVERAL = {
    f"{SCHEMAS}/Order/properties/{name}": {"type": "string"} for name in ("paid_at", "sent_at", "sent_by")
}

_BASE = {"type": "object", "required": ["sku"], "properties": {"sku": {"type": "string"}}}
_CLOSED = {"type": "object", "additionalProperties": False, "properties": {"size": {"type": "integer"}}}
_TO_BASE, _TO_CLOSED = {"$ref": "#/components/schemas/Base"}, {"$ref": "#/components/schemas/Closed"}
# Schemas that no object matches, as two of their parts, or a part and all branches, contradict each other.
_UNSATISFIABLE = [
    {"allOf": [_TO_BASE, _TO_CLOSED]},
    {"allOf": [_TO_BASE], "additionalProperties": False, "properties": {"size": {}}},
    {**_TO_BASE, "additionalProperties": False},
    {"allOf": [{"allOf": [{"allOf": [_TO_BASE]}, {"title": "A"}]}, {"allOf": [_TO_CLOSED, {"title": "B"}]}]},
    {"type": "array", "items": {"allOf": [_TO_BASE, _TO_CLOSED]}},
    {"allOf": [_TO_BASE, {"properties": {"size": {}}, "unevaluatedProperties": False}]},
    {"allOf": [_TO_BASE, {"patternProperties": {"^x-": {}}, "additionalProperties": False}]},
    {"allOf": [_TO_BASE, {"propertyNames": {"maxLength": 2}}]},
    {"allOf": [_TO_BASE, {"not": {"required": ["sku"]}}]},
    {"allOf": [_TO_BASE, {"required": ["size", "color"], "maxProperties": 2}]},
    {"allOf": [_TO_BASE, {"properties": {"sku": {"type": "integer"}}}]},
    {
        "allOf": [
            {"required": ["part"], "properties": {"part": _TO_BASE}},
            {"properties": {"part": _TO_CLOSED}},
        ]
    },
    {"allOf": [_TO_CLOSED], "oneOf": [{"required": ["sku"]}, {"required": ["color"]}]},
    {"allOf": [_TO_BASE], "anyOf": [_TO_CLOSED, {"properties": {"sku": False}}]},
]
_SATISFIABLE = [
    {"allOf": [_TO_BASE], "unevaluatedProperties": False},
    {"allOf": [_TO_BASE, {"patternProperties": {"^s": {}}, "additionalProperties": False}]},
    {"allOf": [_TO_BASE, {"properties": {"sku": {}}, "additionalProperties": False}]},
    {"allOf": [_TO_CLOSED], "oneOf": [{"required": ["size"]}, {"required": ["color"]}]},
    {"allOf": [_TO_BASE, {"not": {"required": ["sku", "size"]}}]},
    {"allOf": [_TO_BASE, {"required": ["size"], "maxProperties": 2}]},
    {
        "allOf": [
            _TO_BASE,
            {"properties": {"size": {"type": "integer"}}},
            {"properties": {"size": {"type": "string"}}},
        ]
    },
    {"allOf": [_TO_BASE, {"unevaluatedProperties": False, "if": {"properties": {"sku": {}}}}]},
    {"allOf": [_TO_BASE, {"propertyNames": {"pattern": "^[a-z]+$"}}]},
]

# Texts that are true, or about something else, of a string of at most 80 characters, an integer from 1 to 100
# and a list of at most 10 strings.
_TRUE_OF_TEXT = [
    "Up to 20 pairs. Maximum 20 characters per key.",
    "We recommend a maximum of 22 characters, since banks may cut the text off.",
    "The first 40 characters are shown. Lists display at most 40 characters.",
    "Each line has at most 40 characters.",
    "At most 40 characters, if the order is a gift.",
    "At most 40 characters for guests.",
    "The prefix of the name has at most 5 characters; the name has at most 80 characters.",
    "Codes are 4 to 12 characters.",
    "No more than 12 characters\nfor business customers.",
    "By default, a maximum of 40 characters.",
    "Accepts up to 40 characters.",
    "At least 1 character.",
]
_TRUE_OF_NUMBERS = [
    "Page size. The maximum is 50 for guests and 100 for members.",
    "Must be either 0 or between 5 and 100.",
    "Pages between 1 and 20 are cached.",
    "Requests between 5 and 50 are slow, 1 to 100 are possible.",
    "Weight between 2 and 5 kg.",
    "The total of all pages has a maximum of 1000.",
    "Between 1 and 0.",
    "Up to 50 per minute.",
]
_TRUE_OF_LISTS = [
    "At most 5 of the items may be gifts.",
    "A response has at most 5 items per page.",
    "The last 5 items.",
    "Every box has at most 3 items.",
]
_FALSE_OF_TEXT = [
    "Who orders. Maximum length: 100 characters.",
    "Who orders (max 100 characters).",
    "Must have at least 5 characters.",
    "Who orders, 1-100 characters long.",
    "No more than 100\ncharacters.",
]
_TRUE_OF_STATES = [
    "The order is currently open.",
    "For gifts, only open is supported.",
    "One of `open` through `sent`.",
    "Must be one of `open`, `sent`, or their `-test` variants.",
    "Either `open` or `sent`; formerly `payed`.",
    "One of `open`, `sent`, e.g. `open`.",
    'Possible values:\n  `"open"`: still open\n  `"paid"`: paid\n  `"sent"`: sent',
]
_TRUE_OF_DEFAULTS = [
    "Defaults to the value of `page` (20 unless configured).",
    "How many; defaults to 50 for members.",
    "Defaults to 50 on old clients; the default is 20.",
    "The default is 50, or 20 without a plan.",
]
_TRUE_OF_NULLS = [
    "This field is not null terminated.",
    "Some fields may be null.",
    "It may or may not be null.",
    "The id, non-null if the order was paid.",
    "Members will be null if they are unknown.",
]

_IDS = {f"{SCHEMAS}/Order/$id": "https://shop.example.com/schemas/order"}

# Each: the rule, the document, and the edits of it.
FIRING = [
    ("server-url-trailing-slash", SHOP, {"/servers/0/url": "https://shop.example.com/v1/"}),
    ("server-url-trailing-slash", SHOP_3_0, {"/servers/0/url": "/v1/"}),
    ("placeholder-server-url", SHOP, {"/servers/0/url": "https://example.org/{v}", **_VARIABLE}),
    ("missing-servers", SHOP, {"/servers": GONE}),
    ("missing-servers", SHOP_2_0, {"/host": GONE}),
    ("missing-info-license", SHOP, {"/info/license": GONE}),
    ("missing-info-license", SHOP, {"/info/license": {"name": "Proprietary"}}),
    ("unsafe-markdown", SHOP, {f"{LIST}/description": "See <img src=x ONERROR=alert(1)>."}),
    ("unsafe-markdown", SHOP, {"/tags/0/description": "[Terms](javascript:alert(1))"}),
    ("operation-id-characters", SHOP, {f"{LIST}/operationId": "orders/list"}),
    ("verb-in-path", SHOP, {"/paths/~1createOrder": {"post": {"responses": {}}}}),
    ("redundant-bound", SHOP, {f"{_COUNT}/exclusiveMinimum": -1}),
    ("duplicate-tag", SHOP, {"/tags/1": {"name": "orders", "description": "Again."}}),
    ("invalid-tag-parent", SHOP_3_2, {"/tags/0/parent": "shop"}),
    ("invalid-tag-parent", SHOP_3_2, {"/tags/0/parent": "orders"}),
    ("conflicting-example-values", SHOP_3_2, {f"{_LISTED}/examples/one/dataValue": []}),
    ("conflicting-encoding", SHOP_3_2, {f"{MAKE}/requestBody/content/multipart~1mixed": _MIXED}),
    ("invalid-sunset-date", SHOP, {f"{LIST}/x-sunset": "next summer"}),
    ("invalid-sunset-date", SHOP_3_0, {f"{_LIMIT}/x-sunset": "31.12.2030"}),
    ("missing-sunset", SHOP, {f"{LIST}/deprecated": True}),
    ("missing-sunset", SHOP, {f"{_NOTE}/deprecated": True}),
    ("invalid-stability-level", SHOP, {f"{LIST}/x-stability": "experimental"}),
    ("invalid-stability-level", SHOP, {f"{_LIMIT}/x-stability-level": "Beta"}),
    ("invalid-stability-level", SHOP, {f"{_STATE}/x-stability": 1}),
    ("invalid-internal-flag", SHOP_2_0, {f"{_PUT}/x-internal": "true"}),
    ("undefined-operation-in-example", SHOP, {f"{_MISSING}/example/next": {"operation_id": "list_oders"}}),
    ("invalid-parameter-location", SHOP, {f"{_LIMIT}/in": "qurey"}),
    ("invalid-parameter-location", SHOP_3_0, {f"{_LIMIT}/in": "qurey"}),
    ("invalid-parameter-location", SHOP, {f"{_LIMIT}/style": "simple"}),
    ("invalid-parameter-location", SHOP_3_0, {f"{_LIMIT}/style": "simple"}),
    ("path-parameter-mismatch", SHOP, {f"{ORDER}/parameters/0/required": False}),
    ("path-parameter-mismatch", SHOP_3_0, {f"{ORDER}/parameters/0/required": GONE}),
    ("path-parameter-mismatch", SHOP_2_0, {f"{_PUT}/parameters/1/required": False}),
    ("invalid-path-template", SHOP, {"/paths/stock": {"get": {"responses": {"200": {"description": "S"}}}}}),
    ("missing-error-response", SHOP, {f"{ORDER}/responses": GONE}),
    (
        "infinite-recursion",
        SHOP,
        {
            f"{SCHEMAS}/Order/properties/first": {"$ref": "#/components/schemas/Item"},
            f"{SCHEMAS}/Item": {
                "type": "object",
                "required": ["next"],
                "properties": {"next": {"$ref": "#/components/schemas/Item"}},
            },
        },
    ),
    (
        "invalid-link",
        SHOP,
        {
            f"{MAKE}/responses/201/links": {
                "got": {"operationId": "get_order", "parameters": {"order": "$response.body#/order_id"}}
            }
        },
    ),
    ("empty-enum", SHOP, {f"{_NOTE}/enum": []}),
    ("misspelled-format", SHOP, {f"{_PLACED}/format": "datetime"}),
    ("misspelled-format", SHOP, {f"{SCHEMAS}/Problem/properties/type/format": "uri-refrence"}),
    (
        "unreachable-condition",
        SHOP,
        {
            f"{SCHEMAS}/Order/allOf": [
                {"if": {"properties": {"state": {"const": "opne"}}}, "then": {"required": []}}
            ]
        },
    ),
    (
        "problem-title-mismatch",
        SHOP,
        {f"{_MISSING}/example/title": "Gone"},
    ),
    (
        "undefined-required-property",
        SHOP,
        {
            f"{SCHEMAS}/Problem/required/0": "titel",
            f"{SCHEMAS}/Order/properties/fault": {"allOf": [{"$ref": "#/components/schemas/Problem"}]},
        },
    ),
    ("invalid-spec", SHOP, {"/info/version": GONE}),
    ("invalid-spec", SHOP, {f"{_NAME}/type": "strng"}),
    ("invalid-spec", SHOP, {f"{SCHEMAS}/NewOrder/required": "customer_name"}),
    ("invalid-spec", SHOP, {f"{MAKE}/requestBody/content": GONE}),
    ("invalid-spec", SHOP, {f"{_LIMIT}/colour": "red"}),
    ("invalid-spec", SHOP_3_0, {f"{_NAME}/type": "strng"}),
    ("invalid-spec", SHOP_2_0, {f"{_PUT}/responses/200/description": GONE}),
    ("unresolved-ref", SHOP, {f"{_GOT}/schema": {"$ref": "#/components/schemas/Ordr"}}),
    ("unresolved-ref", SHOP, {f"{ORDER}/responses/401": {"$ref": "#/components/responses/Missing"}}),
    ("unresolved-ref", SHOP, {f"{_LIMIT}": {"$ref": "#/components/parameters/Limit"}}),
    ("unresolved-ref", SHOP_3_0, {f"{_GOT}/schema": {"$ref": "missing.yaml#/Order"}}),
    ("unresolved-ref", SHOP, {f"{ORDER}/responses/401": {"$ref": "#/components/schemas/NewOrder"}}),
    ("unresolved-ref", SHOP_3_0, {f"{_GOT}/schema": {"$ref": f"#{LIST}/responses/200"}}),
    (
        "unresolved-ref",
        SHOP,
        {f"{_GOT}/schema": {"$ref": "https://shop.example.com/schemas/order#/nothing"}, **_IDS},
    ),
    ("unresolved-ref", SHOP_2_0, {f"{_PUT}/responses/200/schema": {"$ref": "#/definitions/Missing"}}),
    (
        "invalid-discriminator",
        SHOP,
        {
            f"{SCHEMAS}/Cat": _CAT,
            f"{SCHEMAS}/Order/properties/pet": _PET | {"discriminator": {"propertyName": "sort"}},
        },
    ),
    (
        "invalid-discriminator",
        SHOP,
        {
            f"{SCHEMAS}/Cat": _CAT,
            f"{SCHEMAS}/Order/properties/pet": _PET
            | {"discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Dog"}}},
        },
    ),
    (
        "invalid-discriminator",
        SHOP,
        {
            f"{SCHEMAS}/Cat": {"type": "object", "required": ["kind"], "properties": {"kind": _PARTS}},
            f"{SCHEMAS}/Order/properties/pet": _PET,
        },
    ),
    ("invalid-link", SHOP, {f"{MAKE}/responses/201/links": {"got": {"operationId": "get_oder"}}}),
    ("undefined-tag", SHOP, {f"{MAKE}/tags/0": "order"}),
    ("unused-tag", SHOP, {"/tags/1": {"name": "carts", "description": "None."}}),
    ("unused-component", SHOP, {f"{SCHEMAS}/Coupon": _COUPON}),
    ("unused-component", SHOP_2_0, {"/definitions/Coupon": {"type": "object"}}),
    ("path-parameter-mismatch", SHOP, {f"{ORDER}/parameters/0/name": "orderid"}),
    ("path-parameter-mismatch", SHOP, {f"{ORDER}/parameters": GONE}),
    (
        "path-parameter-mismatch",
        SHOP,
        {
            f"{LIST}/parameters/1": {
                "name": "shop",
                "in": "path",
                "required": True,
                "schema": {"type": "integer"},
            }
        },
    ),
    (
        "invalid-path-template",
        SHOP,
        {"/paths/~1stock?sort=up": {"get": {"responses": {"200": {"description": "S"}}}}},
    ),
    (
        "invalid-path-template",
        SHOP,
        {"/paths/~1stock~1{id": {"get": {"responses": {"200": {"description": "S"}}}}},
    ),
    (
        "invalid-path-template",
        SHOP,
        {"/paths/~1stock~1~1all": {"get": {"responses": {"200": {"description": "S"}}}}},
    ),
    (
        "path-trailing-slash",
        SHOP,
        {
            f"/paths/~1{name}": {"get": {"responses": {"200": {"description": "S"}}}}
            for name in ("a", "b", "c", "d", "e~1")
        },
    ),
    (
        "identical-paths",
        SHOP,
        {
            "/paths/~1orders~1{id}": {
                "delete": {
                    "parameters": [
                        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
                    ],
                    "responses": {"204": {"description": "Gone."}},
                }
            }
        },
    ),
    (
        "ambiguous-paths",
        SHOP,
        {
            f"/paths/{path}": {
                "get": {
                    "parameters": [
                        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
                    ],
                    "responses": {"200": {"description": "S"}},
                }
            }
            for path in ("~1stock~1{id}~1latest", "~1stock~1boxes~1{id}")
        },
    ),
    ("duplicate-operation-id", SHOP, {f"{MAKE}/operationId": "list_orders"}),
    ("missing-operation-id", SHOP, {f"{MAKE}/operationId": GONE}),
    ("duplicate-parameter", SHOP, {f"{LIST}/parameters/1": {"name": "limit", "in": "query", "schema": {}}}),
    (
        "ignored-header-parameter",
        SHOP,
        {f"{LIST}/parameters/1": {"name": "Authorization", "in": "header", "schema": {"type": "string"}}},
    ),
    (
        "ignored-response-header",
        SHOP,
        {f"{ORDER}/responses/200/headers": {"content-type": {"schema": {"type": "string"}}}},
    ),
    ("invalid-status-code", SHOP, {f"{ORDER}/responses/20": {"description": "Two digits."}}),
    ("invalid-status-code", SHOP_2_0, {f"{_PUT}/responses/4XX": {"description": "No ranges in 2.0."}}),
    (
        "forbidden-response-body",
        SHOP,
        {f"{ORDER}/responses/204": {"description": "Nothing.", "content": {"application/json": {}}}},
    ),
    (
        "ignored-request-body",
        SHOP,
        {f"{ORDER}/requestBody": {"content": {"application/json": {"schema": {}}}}},
    ),
    (
        "missing-success-response",
        SHOP,
        {f"{ORDER}/responses": {"404": {"description": "No such order."}}},
    ),
    ("misspelled-keyword", SHOP, {f"{SCHEMAS}/Order/requried": ["state"]}),
    ("misspelled-keyword", SHOP, {f"{_NAME}/maxlenght": 3}),
    ("misspelled-keyword", SHOP, {f"{_LIMIT}/descripton": "How many."}),
    ("misspelled-keyword", SHOP, {f"{SCHEMAS}/Order/propertes": {}, f"{SCHEMAS}/Order/properties": GONE}),
    ("misspelled-keyword", SHOP, {f"{SCHEMAS}/Order/additionalproperties": False}),
    ("misspelled-keyword", SHOP_3_0, {f"{_COUNT}/minimun": 3}),
    ("misspelled-keyword", SHOP, {f"{MAKE}/sumary": "Place"}),
    ("misspelled-keyword", SHOP_2_0, {"/definitions/Order/requird": ["name"]}),
    ("keyword-version-mismatch", SHOP, {f"{_NAME}/nullable": True}),
    ("keyword-version-mismatch", SHOP, {f"{_COUNT}/exclusiveMinimum": True}),
    ("keyword-version-mismatch", SHOP_3_0, {f"{_COUNT}/exclusiveMinimum": 0}),
    ("keyword-version-mismatch", SHOP_3_0, {f"{_NAME}/type": ["string", "null"]}),
    ("keyword-version-mismatch", SHOP_3_0, {f"{_NAME}/const": "Ada"}),
    ("keyword-version-mismatch", SHOP_3_0, {f"{_NAME}/examples": ["Ada"]}),
    ("keyword-version-mismatch", SHOP, {f"{_LIMIT}/collectionFormat": "multi"}),
    ("keyword-version-mismatch", SHOP, {f"{MAKE}/produces": ["application/json"]}),
    ("keyword-version-mismatch", SHOP_2_0, {"/definitions/Order/properties/name/nullable": True}),
    ("keyword-type-mismatch", SHOP, {f"{_COUNT}/minLength": 3}),
    ("ignored-ref-siblings", SHOP_3_0, {f"{_GOT}/schema/description": "An order."}),
    ("ineffective-nullable", SHOP_3_0, {f"{_STATE}/nullable": True}),
    ("unknown-keyword", SHOP, {f"{_NAME}/colour": "red"}),
    ("format-type-mismatch", SHOP, {f"{_COUNT}/format": "date-time"}),
    ("unknown-format", SHOP, {f"{_NAME}/format": "full-name"}),
    ("invalid-pattern", SHOP, {f"{_NAME}/pattern": "^[A-Z"}),
    ("invalid-pattern", SHOP, {f"{_NAME}/pattern": "(?i)ada"}),
    ("non-ecmascript-pattern", SHOP, {f"{_NAME}/pattern": "/^[A-Za-z]+$/"}),
    ("non-ecmascript-pattern", SHOP, {f"{_NAME}/pattern": r"\AAda\Z", f"{_BODY}/example": GONE}),
    ("min-exceeds-max", SHOP, {f"{_NAME}/minLength": 81}),
    ("min-exceeds-max", SHOP, {f"{_NOTE}/minLength": 201}),
    ("min-exceeds-max", SHOP, {f"{SCHEMAS}/Order/properties/item_count/minimum": 51}),
    (
        "min-exceeds-max",
        SHOP,
        {
            f"{SCHEMAS}/Order/properties/item_count/multipleOf": 60,
            f"{SCHEMAS}/Order/properties/item_count/minimum": 1,
        },
    ),
    ("min-exceeds-max", SHOP, {f"{_NOTE}": {"type": "array", "items": {}, "minItems": 3, "maxItems": 2}}),
    ("min-exceeds-max", SHOP, {f"{SCHEMAS}/Order/minProperties": 5, f"{SCHEMAS}/Order/maxProperties": 4}),
    ("conflicting-all-of", SHOP, {f"{_NOTE}": {"allOf": [{"type": "string"}, {"type": "integer"}]}}),
    ("conflicting-all-of", SHOP, {f"{_NOTE}": {"allOf": [{"enum": ["a"]}, {"enum": ["b"]}]}}),
    (
        "conflicting-all-of",
        SHOP,
        {f"{_NOTE}": {"allOf": [{"minimum": 5}, {"maximum": 4}], "type": "integer"}},
    ),
    *(
        ("conflicting-all-of", SHOP, {f"{SCHEMAS}/Base": _BASE, f"{SCHEMAS}/Closed": _CLOSED, _NOTE: schema})
        for schema in _UNSATISFIABLE
    ),
    ("enum-type-mismatch", SHOP, {f"{_STATE}/enum/2": 3}),
    ("enum-type-mismatch", SHOP_3_0, {f"{_STATE}/enum/2": None}),
    ("duplicate-enum-value", SHOP, {f"{_STATE}/enum/3": "open"}),
    (
        "forbidden-required-property",
        SHOP,
        {f"{SCHEMAS}/NewOrder/additionalProperties": False, f"{SCHEMAS}/NewOrder/required/1": "color"},
    ),
    (
        "forbidden-required-property",
        SHOP,
        {f"{SCHEMAS}/NewOrder/propertyNames": {"enum": ["item_count"]}, f"{_BODY}/example": GONE},
    ),
    ("undefined-required-property", SHOP, {f"{SCHEMAS}/Order/required/1": "sate"}),
    ("overlapping-one-of", SHOP, {f"{_NOTE}": {"oneOf": [{"type": "integer"}, {"type": "number"}]}}),
    ("overlapping-one-of", SHOP, {f"{_NOTE}": {"oneOf": [{"type": "string"}, {"type": "string"}]}}),
    ("read-only-and-write-only", SHOP, {f"{SCHEMAS}/Order/properties/order_id/writeOnly": True}),
    ("missing-array-items", SHOP_3_0, {f"{_NOTE}": {"type": "array"}}),
    ("invalid-example", SHOP, {f"{_GOT}/example/state": "closed"}),
    ("invalid-example", SHOP, {f"{_GOT}/example/placed_at": "yesterday"}),
    ("invalid-example", SHOP, {f"{_LISTED}/examples/one/value/0/order_id": GONE}),
    ("invalid-example", SHOP, {f"{_LIMIT}/example": 101}),
    ("invalid-example", SHOP, {f"{_NAME}/examples": [""]}),
    ("invalid-example", SHOP_3_0, {f"{_NAME}/example": 7}),
    ("invalid-example", SHOP_2_0, {f"{_PUT}/responses/200/examples/application~1json/name": 7}),
    ("invalid-example", SHOP_2_0, {"/definitions/Order/example": {"name": 7}}),
    (
        "invalid-example-format",
        SHOP,
        {f"{_NAME}/format": "email", f"{_NAME}/examples": ["not one"], f"{_BODY}/example": GONE},
    ),
    ("invalid-default", SHOP, {f"{_LIMIT}/schema/default": 200}),
    ("invalid-default", SHOP, {f"{_COUNT}/default": "1"}),
    ("invalid-default", SHOP_2_0, {f"{_PUT}/parameters/3/default": "one"}),
    ("invalid-enum-value", SHOP, {f"{_STATE}/pattern": "^[o-r]"}),
    ("json-example-as-string", SHOP, {f"{_GOT}/example": '{"order_id": "7"}'}),
    ("misspelled-example-property", SHOP, {f"{_BODY}/example/gift_noet": "Hello"}),
    ("undefined-example-property", SHOP, {f"{_BODY}/example/colour": "red"}),
    (
        "example-direction-mismatch",
        SHOP,
        {f"{_NOTE}/readOnly": True, f"{_BODY}/example/gift_note": "Hello"},
    ),
    (
        "conflicting-examples",
        SHOP,
        {
            "/components/examples": {"one": {"value": []}},
            f"{MAKE}/responses/201/content/application~1json/examples": {},
        },
    ),
    ("example-and-examples", SHOP, {f"{_LISTED}/example": [AN_ORDER]}),
    ("problem-status-mismatch", SHOP, {f"{_MISSING}/example/status": 403}),
    (
        "problem-status-mismatch",
        SHOP,
        {"/components/responses/Refused/content/application~1problem+json/example/status": 500},
    ),
    (
        "problem-status-mismatch",
        SHOP,
        {"/components/responses/Refused/content/application~1problem+json/example/status": 401},
    ),
    (
        "inconsistent-problem-title",
        SHOP,
        {"/components/responses/Refused/content/application~1problem+json/example/type": _ELSEWHERE},
    ),
    ("problem-resource-mismatch", SHOP, {f"{_MISSING}/example/instance": "/v1/invoices/018f6b1e"}),
    ("problem-resource-mismatch", SHOP, {f"{_MISSING}/example/title": "Invoice not found"}),
    ("relative-problem-type", SHOP, {f"{_MISSING}/example/type": "problems/order-missing"}),
    ("invalid-media-type", SHOP, {f"{ORDER}/responses/200/content/json": {}}),
    ("invalid-media-type", SHOP_2_0, {"/produces/0": "json"}),
    (
        "description-mismatch-problem-details",
        SHOP,
        {
            f"{ORDER}/responses/409": {
                "description": "A problem (RFC 9457).",
                "content": {"application/json": {}},
            }
        },
    ),
    ("description-mismatch-media-type", SHOP, {f"{LIST}/summary": "Export all orders as CSV"}),
    ("missing-body-schema", SHOP, {f"{_GOT}/schema": GONE}),
    ("description-mismatch-enum", SHOP, {f"{_STATE}/description": "How far it is (currently open)."}),
    ("description-mismatch-enum", SHOP, {f"{_STATE}/description": "One of `open`, `sent`, `payed`."}),
    ("description-mismatch-enum", SHOP, {f"{_STATE}/description": "One of `open`, `sent`."}),
    ("description-mismatch-default", SHOP, {f"{_LIMIT}/description": "How many; defaults to 50."}),
    ("description-mismatch-default", SHOP, {f"{_STATE}/description": "How far; defaults to `new`."}),
    ("description-mismatch-bound", SHOP, {f"{_NAME}/description": "Who orders, at most 100 characters."}),
    ("description-mismatch-bound", SHOP, {f"{_LIMIT}/description": "How many, between 1 and 50."}),
    *(("description-mismatch-bound", SHOP, {f"{_NAME}/description": text}) for text in _FALSE_OF_TEXT),
    ("description-mismatch-bound", SHOP, {f"{_LIMIT}/description": "How many. Maximum value: 1,000."}),
    (
        "description-mismatch-bound",
        SHOP,
        {_NOTE: {**_ARRAY, "maxItems": 10, "description": "At most 5 items."}},
    ),
    ("description-mismatch-default", SHOP, {f"{_LIMIT}/description": "How many. Default: `1,000`."}),
    ("description-mismatch-null", SHOP, {f"{_NAME}/description": "Who orders, or null if\nunknown."}),
    ("description-mismatch-null", SHOP, {f"{_NAME}/description": "Who orders. This field can be `null`."}),
    ("description-mismatch-null", SHOP, {f"{_PLACED}/description": "Null when it is a draft."}),
    (
        "description-mismatch-null",
        SHOP,
        {f"{_PLACED}/type": ["string", "null"], f"{_PLACED}/description": "When. Never null."},
    ),
    ("description-mismatch-required", SHOP, {f"{ORDER}/parameters/0/description": "Optional. Which order."}),
    ("description-mismatch-required", SHOP, {f"{_LIMIT}/description": "How many (required)."}),
    ("description-mismatch-required", SHOP, {f"{_LIMIT}/description": "How many.\nThis field is required."}),
    ("description-mismatch-deprecated", SHOP, {f"{LIST}/description": "Deprecated: ask for pages."}),
    ("undefined-security-scheme", SHOP, {f"{MAKE}/security": [{"tokn": []}]}),
    (
        "undefined-security-scope",
        SHOP,
        {"/components/securitySchemes/token": _OAUTH, f"{MAKE}/security": [{"token": ["orders:write"]}]},
    ),
    (
        "unused-security-scheme",
        SHOP,
        {"/components/securitySchemes/basic": {"type": "http", "scheme": "basic"}},
    ),
    (
        "credentials-in-url",
        SHOP,
        {"/components/securitySchemes/token": {"type": "apiKey", "in": "query", "name": "key"}},
    ),
    (
        "credentials-in-url",
        SHOP,
        {
            f"{LIST}/parameters/1": {
                "name": "password",
                "in": "query",
                "description": "P.",
                "schema": {"type": "string"},
            }
        },
    ),
    ("missing-security", SHOP, {"/security": GONE}),
    ("missing-401-response", SHOP, {f"{ORDER}/responses/401": GONE, f"{ORDER}/responses/4XX": GONE}),
    ("unexpected-401-response", SHOP, {f"{ORDER}/security": []}),
    ("invalid-server-variable", SHOP, {"/servers/0/url": "https://{region}.example.com"}),
    (
        "invalid-server-variable",
        SHOP,
        {
            "/servers/0/url": "https://{region}.example.com",
            "/servers/0/variables": {"region": {"enum": ["eu", "us"], "default": "asia"}},
        },
    ),
    ("invalid-server-url", SHOP, {"/servers/0/url": "https://shop.example.com/v1?key=1"}),
    ("invalid-server-url", SHOP, {"/servers/0/url": "https://[shop].example.com/v1"}),
    ("insecure-server-url", SHOP, {"/servers/0/url": "http://shop.example.com/v1"}),
    ("insecure-server-url", SHOP_2_0, {"/schemes/1": "http"}),
    (
        "description-mismatch-status",
        SHOP,
        {f"{ORDER}/description": "Answers with status 503 while the stock is counted."},
    ),
    ("missing-error-response", SHOP, {f"{ORDER}/responses": {"200": {"description": "The order."}}}),
    ("missing-400-response", SHOP, {f"{ORDER}/responses/4XX": GONE}),
    ("missing-404-response", SHOP, {f"{ORDER}/responses/404": GONE, f"{ORDER}/responses/4XX": GONE}),
    (
        "missing-problem-details",
        SHOP,
        {
            f"{ORDER}/responses/409": {
                "description": "Taken.",
                "content": {"application/json": {"schema": {}}},
            }
        },
    ),
    (
        "missing-429-response",
        SHOP,
        {f"{ORDER}/description": "Rate limited.", f"{ORDER}/responses/4XX": GONE},
    ),
    ("missing-retry-after", SHOP, {f"{ORDER}/responses/429": {"description": "Too many requests."}}),
    ("missing-location-header", SHOP, {f"{MAKE}/responses/201": {"description": "Placed."}}),
    ("property-case", SHOP, {f"{SCHEMAS}/Order/properties/paidAt": {"type": "string"}}),
    (
        "parameter-case",
        SHOP,
        {
            f"{LIST}/parameters/{number}": {"name": name, "in": "query", "schema": {"type": "string"}}
            for number, name in enumerate(
                ("sort_by", "page_token", "order_state", "sold_by", "placedAfter"), 1
            )
        },
    ),
    (
        "path-segment-case",
        SHOP,
        {
            f"/paths/~1{name}": {"get": {"responses": {"200": {"description": "S"}}}}
            for name in ("gift-notes", "open-orders", "sent-orders", "paid-orders", "lost_orders")
        },
    ),
    (
        "operation-id-case",
        SHOP,
        {
            "/paths/~1carts": {
                "get": {"operationId": "listCarts", "responses": {"200": {"description": "S"}}},
                "post": {"operationId": "make_cart", "responses": {"200": {"description": "S"}}},
                "put": {"operationId": "put_cart", "responses": {"200": {"description": "S"}}},
            }
        },
    ),
    (
        "schema-name-case",
        SHOP,
        {
            f"{SCHEMAS}/{name}": {"type": "string"}
            for name in ("GiftNote", "GiftCard", "OpenOrder", "SentOrder", "lost_order")
        },
    ),
    (
        "enum-case",
        SHOP,
        {f"{_STATE}/enum": ["to_do", "in_work", "on_hold", "to_send", "givenUp", "open", "sent"]},
    ),
    ("missing-date-time-format", SHOP, {f"{_PLACED}/format": GONE}),
    (
        "money-as-float",
        SHOP,
        {f"{SCHEMAS}/Order/properties/total_price": {"type": "number", "format": "float"}},
    ),
    (
        "missing-uuid-format",
        SHOP,
        {f"{SCHEMAS}/Order/properties/shop": {"type": "string", "description": "Its UUID."}},
    ),
    (
        "inconsistent-id-type",
        SHOP,
        {
            f"{SCHEMAS}/Order/properties/shop_id": {"type": "string"},
            f"{SCHEMAS}/NewOrder/properties/shop_id": {"type": "integer"},
        },
    ),
    ("missing-pagination", SHOP, {f"{LIST}/parameters": GONE}),
    ("unbounded-request-array", SHOP, {f"{_NOTE}": _ARRAY}),
    ("unbounded-request-string", SHOP, {f"{_NOTE}/maxLength": GONE}),
    ("unbounded-request-number", SHOP, {f"{_LIMIT}/schema/maximum": GONE}),
    ("default-on-required-parameter", SHOP, {f"{_LIMIT}/required": True}),
    ("additional-properties-in-request", SHOP, {f"{SCHEMAS}/NewOrder/additionalProperties": True}),
    ("missing-description", SHOP, {f"{ORDER}/summary": GONE}),
    ("missing-parameter-description", SHOP, {f"{_LIMIT}/description": GONE}),
    ("missing-property-description", SHOP, {f"{_NOTE}/description": GONE}),
    ("placeholder-text", SHOP, {f"{_LIMIT}/description": "TODO"}),
    ("missing-response-description", SHOP, {f"{ORDER}/responses/200/description": ""}),
    ("missing-example", SHOP, {f"{_BODY}/example": GONE, f"{_COUNT}/default": GONE}),
    ("missing-info-contact", SHOP, {"/info/contact": GONE}),
    ("missing-info-description", SHOP, {"/info/description": GONE}),
    ("missing-tag-description", SHOP, {"/tags/0/description": GONE}),
]

SILENT = [
    ("server-url-trailing-slash", SHOP, {"/servers/0/url": "https://shop.example.com/"}),
    ("server-url-trailing-slash", SHOP, {"/servers/0/url": "/"}),
    ("placeholder-server-url", SHOP, {"/servers/0/url": "https://example.com.shop.test/v1"}),
    ("missing-servers", SHOP, {}),
    ("missing-servers", SHOP_2_0, {}),
    ("missing-info-license", SHOP, {"/info/license": {"name": "MIT", "identifier": "MIT"}}),
    ("unsafe-markdown", SHOP, {f"{LIST}/description": "Don't send `<script>` or <b>bold</b>."}),
    ("unsafe-markdown", SHOP, {f"{LIST}/description": "Rejects\n```html\n<script>x</script>\n```\n"}),
    ("operation-id-characters", SHOP, {f"{LIST}/operationId": "orders.list-all_v1"}),
    ("verb-in-path", SHOP, {"/paths/~1gets": {}, "/paths/~1get": {}, "/paths/~1updates-feed": {}}),
    ("redundant-bound", SHOP, {f"{_COUNT}/minimum": GONE, f"{_COUNT}/exclusiveMinimum": 0}),
    ("redundant-bound", SHOP_3_0, {f"{_COUNT}/exclusiveMinimum": True}),
    ("duplicate-tag", SHOP, {"/tags/1": {"name": "Orders", "description": "Others."}}),
    ("invalid-tag-parent", SHOP_3_2, {"/tags/1": {"name": "shop"}, "/tags/0/parent": "shop"}),
    ("conflicting-example-values", SHOP_3_2, {f"{_LISTED}/examples/one": {"dataValue": []}}),
    ("conflicting-encoding", SHOP_3_2, {f"{MAKE}/requestBody/content/multipart~1mixed": _NAMED_PARTS}),
    ("invalid-sunset-date", SHOP, {f"{LIST}/x-sunset": "2030-12-31T23:59:59Z"}),
    ("missing-sunset", SHOP, {f"{LIST}/deprecated": True, f"{LIST}/x-sunset": "2030-12-31"}),
    ("invalid-stability-level", SHOP, {f"{LIST}/x-stability": "beta"}),
    ("invalid-internal-flag", SHOP, {f"{LIST}/x-internal": True, f"{_LIMIT}/x-internal": False}),
    ("invalid-stability-level", SHOP, {f"{SCHEMAS}/Order/properties/x-stability": {"type": "string"}}),
    ("undefined-operation-in-example", SHOP, {f"{_MISSING}/example/next": {"operation_id": "list_orders"}}),
    (
        "path-parameter-mismatch",
        SHOP,
        {"/paths/~1stock?sort={sort}": {"get": {"responses": {"200": {"description": "S"}}}}},
    ),
    ("invalid-parameter-location", SHOP, {f"{_LIMIT}/style": "form"}),
    ("invalid-parameter-location", SHOP, {f"{ORDER}/parameters/0/style": "matrix"}),
    (
        "infinite-recursion",
        SHOP,
        {
            f"{SCHEMAS}/Order/properties/first": {"$ref": "#/components/schemas/Item"},
            f"{SCHEMAS}/Item": {
                "type": "object",
                "required": ["next", "all"],
                "properties": {
                    "next": {"oneOf": [{"$ref": "#/components/schemas/Item"}, {"type": "null"}]},
                    "all": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}},
                },
            },
        },
    ),
    (
        "invalid-link",
        SHOP,
        {
            f"{MAKE}/responses/201/links": {
                "got": {
                    "operationId": "get_order",
                    "parameters": {"path.order_id": "$response.body#/order_id"},
                }
            }
        },
    ),
    ("empty-enum", SHOP, {f"{_NOTE}/enum": [""]}),
    (
        "misspelled-format",
        SHOP,
        {f"{_NAME}/format": "uuid4", f"{_NOTE}/format": "guid", f"{_PLACED}/format": "x-date-time"},
    ),
    (
        "unreachable-condition",
        SHOP,
        {f"{SCHEMAS}/Order/allOf": [{"if": {"properties": {"state": {"enum": ["open", "new"]}}}}]},
    ),
    ("problem-title-mismatch", SHOP, {f"{_MISSING}/example/title": "Not found"}),
    (
        "undefined-required-property",
        SHOP,
        {
            f"{SCHEMAS}/Base": {"type": "object", "required": ["a", "b"], "properties": {"a": {}}},
            f"{SCHEMAS}/Order/properties/fault": {
                "allOf": [{"$ref": "#/components/schemas/Base"}],
                "properties": {"b": {}},
            },
        },
    ),
    ("invalid-spec", SHOP, {"/info/x-owner": "orders", f"{_LIMIT}/x-colour": "red"}),
    ("invalid-spec", SHOP, {f"{_NAME}/type": ["string", "null"]}),
    (
        "unresolved-ref",
        SHOP,
        {f"{_BODY}/example/customer_name": "$ref", f"{SCHEMAS}/Order/properties/$ref": {"type": "string"}},
    ),
    ("unresolved-ref", SHOP, {f"{_GOT}/schema": {"$ref": "https://shop.example.com/schemas/order"}, **_IDS}),
    (
        "unresolved-ref",
        SHOP,
        {f"{_GOT}/schema": {"$ref": f"#{LIST}/responses/200/content/application~1json/schema"}},
    ),
    ("invalid-discriminator", SHOP, {f"{SCHEMAS}/Cat": _CAT, f"{SCHEMAS}/Order/properties/pet": _PET}),
    (
        "invalid-discriminator",
        SHOP_3_2,
        {
            f"{SCHEMAS}/Cat": {**_CAT, "required": []},
            f"{SCHEMAS}/Order/properties/pet": _PET
            | {"discriminator": {"propertyName": "kind", "defaultMapping": "Cat"}},
        },
    ),
    ("invalid-link", SHOP, {f"{MAKE}/responses/201/links": {"got": {"operationId": "get_order"}}}),
    ("undefined-tag", SHOP, {"/tags": GONE}),
    ("unused-tag", SHOP, {}),
    (
        "unused-component",
        SHOP,
        {
            f"{SCHEMAS}/Order/properties/coupon": {"$ref": "#/components/schemas/Coupon"},
            f"{SCHEMAS}/Coupon": _COUPON,
        },
    ),
    (
        "path-parameter-mismatch",
        SHOP,
        {
            "/paths/~1orders~1{order_id}/parameters": [
                {"name": "order_id", "in": "path", "required": True, "schema": {"type": "string"}}
            ],
            f"{ORDER}/parameters": GONE,
        },
    ),
    ("invalid-path-template", SHOP, {"/paths/~1files~1{name}.{ext}": {}}),
    ("path-trailing-slash", SHOP, {"/paths/~1": {"get": {"responses": {"200": {"description": "S"}}}}}),
    ("identical-paths", SHOP, {"/paths/~1orders~1{order_id}:cancel": {}}),
    (
        "ambiguous-paths",
        SHOP,
        {"/paths/~1orders~1mine": {"get": {"responses": {"200": {"description": "S"}}}}},
    ),
    (
        "ambiguous-paths",
        SHOP,
        {
            f"/paths/{path}": {
                "get": {
                    "parameters": [
                        {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
                    ],
                    "responses": {"200": {"description": "S"}},
                }
            }
            for path in ("~1stock~1{id}~1latest", "~1stock~1boxes~1{id}")
        },
    ),
    ("duplicate-operation-id", SHOP, {f"{MAKE}/operationId": GONE, f"{LIST}/operationId": GONE}),
    ("missing-operation-id", SHOP, {}),
    (
        "duplicate-parameter",
        SHOP,
        {f"{LIST}/parameters/1": {"name": "limit", "in": "header", "schema": {"type": "integer"}}},
    ),
    (
        "ignored-header-parameter",
        SHOP,
        {f"{LIST}/parameters/1": {"name": "Accept-Language", "in": "header", "schema": {"type": "string"}}},
    ),
    (
        "ignored-response-header",
        SHOP,
        {f"{ORDER}/responses/200/headers": {"ETag": {"schema": {"type": "string"}}}},
    ),
    (
        "invalid-status-code",
        SHOP,
        {
            f"{ORDER}/responses/599": {"description": "Own."},
            f"{ORDER}/responses/default": {"description": "D"},
        },
    ),
    ("forbidden-response-body", SHOP, {f"{ORDER}/responses/204": {"description": "Nothing."}}),
    (
        "ignored-request-body",
        SHOP,
        {
            f"{_PUT}": {
                "requestBody": {"content": {"text/plain": {}}},
                "responses": {"200": {"description": "S"}},
            }
        },
    ),
    (
        "missing-success-response",
        SHOP,
        {f"{ORDER}/responses/200": GONE, f"{ORDER}/responses/302": {"description": "There."}},
    ),
    (
        "misspelled-keyword",
        SHOP,
        {f"{SCHEMAS}/Order/properties/requried": {"type": "string"}, f"{_BODY}/example/requried": 1},
    ),
    ("misspelled-keyword", SHOP, {f"{SCHEMAS}/Order/x-requried": True, f"{_NAME}/colour": "red"}),
    ("keyword-version-mismatch", SHOP_3_0, {f"{_NAME}/nullable": True, f"{_COUNT}/exclusiveMinimum": True}),
    (
        "keyword-version-mismatch",
        SHOP,
        {f"{_COUNT}/exclusiveMinimum": 0, f"{_NAME}/type": ["string", "null"], f"{_NAME}/examples": ["Ada"]},
    ),
    ("keyword-version-mismatch", SHOP_2_0, {f"{_PUT}/parameters/2/collectionFormat": "multi"}),
    (
        "keyword-version-mismatch",
        SHOP_2_0,
        {
            "/definitions/Order/properties/name/type": ["string", "null"],
            "/definitions/Order/properties/note": {"type": "null"},
        },
    ),
    ("keyword-type-mismatch", SHOP, {f"{_COUNT}/type": ["integer", "string"], f"{_COUNT}/minLength": 3}),
    ("ignored-ref-siblings", SHOP, {f"{_GOT}/schema/description": "An order."}),
    ("ineffective-nullable", SHOP_3_0, {f"{_STATE}/nullable": True, f"{_STATE}/enum/3": None}),
    ("unknown-keyword", SHOP, {f"{_NAME}/x-colour": "red", f"{_NAME}/$comment": "red"}),
    (
        "format-type-mismatch",
        SHOP,
        {
            f"{_COUNT}/format": "int32",
            f"{_NAME}/format": "email",
            f"{_BODY}/example/customer_name": "a@b.example",
        },
    ),
    ("unknown-format", SHOP, {f"{_COUNT}/format": "int64"}),
    ("invalid-pattern", SHOP, {f"{_NAME}/pattern": r"^(?<first>[\w\-.]+)(?!\d)\p{L}*.{0,70000}$"}),
    ("non-ecmascript-pattern", SHOP, {f"{_NAME}/pattern": r"^/[a-z]+/[A-Z]?|\\Z|Ada"}),
    (
        "min-exceeds-max",
        SHOP,
        {
            f"{_NAME}/minLength": 80,
            f"{_COUNT}/minimum": 50,
            f"{_COUNT}/default": 50,
            f"{_COUNT}/multipleOf": 25,
            f"{_BODY}/example": GONE,
        },
    ),
    (
        "min-exceeds-max",
        SHOP,
        {f"{_NOTE}": {"type": "number", "exclusiveMinimum": 0, "maximum": 0.3, "multipleOf": 0.1}},
    ),
    (
        "conflicting-all-of",
        SHOP,
        {f"{_NOTE}": {"allOf": [{"type": "number"}, {"type": "integer", "minimum": 1}, {"enum": [1, 2]}]}},
    ),
    *(
        ("conflicting-all-of", SHOP, {f"{SCHEMAS}/Base": _BASE, f"{SCHEMAS}/Closed": _CLOSED, _NOTE: schema})
        for schema in _SATISFIABLE
    ),
    *(("description-mismatch-bound", SHOP, {f"{_NAME}/description": text}) for text in _TRUE_OF_TEXT),
    *(("description-mismatch-bound", SHOP, {f"{_LIMIT}/description": text}) for text in _TRUE_OF_NUMBERS),
    *(
        ("description-mismatch-bound", SHOP, {_NOTE: {**_ARRAY, "maxItems": 10, "description": text}})
        for text in _TRUE_OF_LISTS
    ),
    *(("description-mismatch-enum", SHOP, {f"{_STATE}/description": text}) for text in _TRUE_OF_STATES),
    *(("description-mismatch-default", SHOP, {f"{_LIMIT}/description": text}) for text in _TRUE_OF_DEFAULTS),
    *(("description-mismatch-null", SHOP, {f"{_NAME}/description": text}) for text in _TRUE_OF_NULLS),
    (
        "description-mismatch-null",
        SHOP,
        {_NOTE: {"anyOf": [{"type": "string", "description": "Null if there is none."}, {"type": "null"}]}},
    ),
    *(
        ("description-mismatch-required", SHOP, {f"{_LIMIT}/description": text})
        for text in ("Whether this field is required.", "Required: no.", "Required when there are many.")
    ),
    (
        "description-mismatch-required",
        SHOP,
        {f"{ORDER}/parameters/0/description": "Shop (optional) and number (required) of the order."},
    ),
    (
        "description-mismatch-deprecated",
        SHOP,
        {
            _NOTE: {"deprecated": True, "allOf": [{"$ref": "#/components/schemas/Note"}]},
            f"{SCHEMAS}/Note": {"type": "string", "description": "This field is deprecated."},
        },
    ),
    (
        "description-mismatch-deprecated",
        SHOP,
        {f"{_NAME}/description": "Not deprecated. Replaces the deprecated `name` field."},
    ),
    (
        "conflicting-all-of",
        SHOP,
        {
            f"{SCHEMAS}/Base": {**_BASE, "properties": {"sku": {"type": "string", "readOnly": True}}},
            f"{SCHEMAS}/NewOrder/properties/gift_note": {
                "allOf": [_TO_BASE, {"additionalProperties": False}]
            },
        },
    ),
    ("forbidden-required-property", SHOP, {f"{SCHEMAS}/NewOrder/propertyNames": {"pattern": "^[a-z_]+$"}}),
    ("enum-type-mismatch", SHOP, {f"{_COUNT}/enum": [1.0, 2, 3]}),
    ("enum-type-mismatch", SHOP_3_0, {f"{_STATE}/enum/3": None, f"{_STATE}/nullable": True}),
    ("duplicate-enum-value", SHOP, {f"{_NOTE}": {"enum": [1, True, "1", None]}}),
    ("forbidden-required-property", SHOP, {f"{SCHEMAS}/NewOrder/additionalProperties": False}),
    (
        "undefined-required-property",
        SHOP,
        {
            f"{SCHEMAS}/Order/allOf": [{"required": ["placed_at"]}],
            f"{SCHEMAS}/NewOrder/anyOf": [{"required": ["gift_note"]}, {"required": ["item_count"]}],
        },
    ),
    ("overlapping-one-of", SHOP, {f"{_NOTE}": {"oneOf": [{"type": "integer"}, {"type": "string"}]}}),
    (
        "read-only-and-write-only",
        SHOP,
        {f"{_NAME}/writeOnly": True, f"{SCHEMAS}/Order/properties/state/readOnly": True},
    ),
    ("missing-array-items", SHOP, {f"{_NOTE}": {"type": "array"}}),
    (
        "invalid-example",
        SHOP,
        {f"{_BODY}/example": {"customer_name": "Ada"}, f"{_LIMIT}/example": "10"},
    ),
    (
        "invalid-example",
        SHOP,
        {
            f"{SCHEMAS}/NewOrder/required/1": "order_id",
            f"{SCHEMAS}/NewOrder/properties/order_id": {"type": "string", "readOnly": True},
        },
    ),
    ("invalid-example", SHOP_3_0, {f"{_NAME}/nullable": True, f"{_NAME}/example": None}),
    (
        "invalid-example",
        SHOP_2_0,
        {
            f"{_PUT}/responses/200/examples/application~1xml": "<name>Ada</name>",
            "/produces/1": "application/xml",
        },
    ),
    (
        "invalid-example-format",
        SHOP,
        {f"{_NAME}/format": "email", f"{_NAME}/examples": ["ada@shop.example"], f"{_BODY}/example": GONE},
    ),
    ("invalid-default", SHOP, {f"{_COUNT}/default": 2.0}),
    ("invalid-enum-value", SHOP, {f"{_STATE}/pattern": "^[a-z]+$"}),
    (
        "json-example-as-string",
        SHOP,
        {f"{_NAME}/maxLength": 200, f"{_BODY}/example/customer_name": '{"order_id": "7"}'},
    ),
    (
        "misspelled-example-property",
        SHOP,
        {
            f"{_BODY}/example/gift_notes": "Hello",
            f"{SCHEMAS}/NewOrder/additionalProperties": {"type": "string"},
        },
    ),
    (
        "undefined-example-property",
        SHOP,
        {f"{_BODY}/example/colour": "red", f"{SCHEMAS}/NewOrder/additionalProperties": True},
    ),
    ("example-direction-mismatch", SHOP, {}),
    ("conflicting-examples", SHOP, {"/components/examples": {"one": {"value": [AN_ORDER]}}}),
    ("example-and-examples", SHOP, {f"{_GOT}/examples": {}}),
    (
        "problem-status-mismatch",
        SHOP,
        {
            f"{ORDER}/responses/default": {
                "description": "D",
                "content": {"application/problem+json": {"example": {"title": "T", "status": 500}}},
            }
        },
    ),
    (
        "inconsistent-problem-title",
        SHOP,
        {
            f"{_MISSING}/example/type": "about:blank",
            "/components/responses/Refused/content/application~1problem+json/example/type": "about:blank",
        },
    ),
    (
        "problem-resource-mismatch",
        SHOP,
        {f"{_MISSING}/example/instance": "/orders/018f6b1e-7c2a-7d3e-9b41-5a6c7d8e9f10"},
    ),
    (
        "problem-resource-mismatch",
        SHOP,
        {f"{_MISSING}/example/instance": "urn:uuid:018f6b1e-7c2a-7d3e-9b41-5a6c7d8e9f10"},
    ),
    ("relative-problem-type", SHOP, {}),
    (
        "invalid-media-type",
        SHOP,
        {
            f"{ORDER}/responses/200/content/application~1vnd.shop+json; version=1": {
                "schema": {"type": "object"}
            }
        },
    ),
    (
        "description-mismatch-problem-details",
        SHOP,
        {
            f"{ORDER}/responses/409": {
                "description": "Taken.",
                "content": {"application/json": {"schema": {"type": "object"}}},
            }
        },
    ),
    (
        "description-mismatch-media-type",
        SHOP,
        {f"{LIST}/summary": "Export all orders as CSV or JSON", f"{MAKE}/summary": "Import orders from CSV"},
    ),
    ("missing-body-schema", SHOP, {f"{ORDER}/responses/200/content/application~1pdf": {}}),
    (
        "description-mismatch-enum",
        SHOP,
        {f"{_STATE}/description": "How far (currently open or sent). One of `open`, `sent`, `paid`."},
    ),
    (
        "description-mismatch-default",
        SHOP,
        {f"{_LIMIT}/description": "How many. Defaults to 20. By default the newest come first."},
    ),
    (
        "description-mismatch-default",
        SHOP,
        {f"{_LIMIT}/description": "How many. Defaults to 5 minutes of orders."},
    ),
    (
        "description-mismatch-bound",
        SHOP,
        {f"{_NAME}/description": "Between 1 and 80 characters, at most 80 characters. Version 3.1 up."},
    ),
    (
        "description-mismatch-null",
        SHOP,
        {
            f"{_PLACED}/type": ["string", "null"],
            f"{_PLACED}/description": "Null when it is a draft.",
            f"{_STATE}/description": "It cannot be null.",
        },
    ),
    (
        "description-mismatch-required",
        SHOP,
        {f"{_LIMIT}/description": "Optional. How many.", f"{_NOTE}/description": "Required if it is a gift."},
    ),
    (
        "description-mismatch-deprecated",
        SHOP,
        {
            f"{LIST}/description": "Deprecated: ask for pages.",
            f"{LIST}/deprecated": True,
            f"{MAKE}/description": "Replaces the deprecated one.",
        },
    ),
    ("undefined-security-scheme", SHOP, {f"{MAKE}/security": [{"token": []}, {}]}),
    (
        "undefined-security-scope",
        SHOP,
        {"/components/securitySchemes/token": _OAUTH, f"{MAKE}/security": [{"token": ["orders:read"]}]},
    ),
    ("undefined-security-scope", SHOP, {f"{MAKE}/security": [{"token": ["orders:write"]}]}),
    ("unused-security-scheme", SHOP, {}),
    (
        "credentials-in-url",
        SHOP,
        {
            f"{LIST}/parameters/1": {
                "name": "page_token",
                "in": "query",
                "description": "P.",
                "schema": {"type": "string"},
            }
        },
    ),
    ("missing-security", SHOP, {"/security": []}),
    ("missing-401-response", SHOP, {f"{ORDER}/responses/401": GONE}),
    ("unexpected-401-response", SHOP, {}),
    (
        "invalid-server-variable",
        SHOP,
        {
            "/servers/0/url": "https://{region}.example.com",
            "/servers/0/variables": {"region": {"enum": ["eu"], "default": "eu"}},
        },
    ),
    ("invalid-server-url", SHOP, {"/servers/0/url": "/v1"}),
    (
        "insecure-server-url",
        SHOP,
        {"/servers/1": {"url": "http://localhost:8000/v1"}, "/servers/2": {"url": "/v1"}},
    ),
    (
        "description-mismatch-status",
        SHOP,
        {f"{ORDER}/description": "Answers 404 or 429, an error. Returns at most 500 characters; 450 ms."},
    ),
    (
        "description-mismatch-status",
        SHOP,
        {f"{ORDER}/description": "Returns 404 instead of 503, to hide the error."},
    ),
    (
        "missing-error-response",
        SHOP,
        {f"{ORDER}/responses": {"200": {"description": "S"}, "default": {"description": "D"}}},
    ),
    (
        "missing-400-response",
        SHOP,
        {f"{ORDER}/responses/4XX": GONE, f"{ORDER}/responses/422": {"description": "No."}},
    ),
    ("missing-404-response", SHOP, {f"{ORDER}/responses/404": GONE}),
    (
        "missing-problem-details",
        SHOP,
        {f"{ORDER}/responses/409": {"description": "Taken.", "content": {"text/plain": {}}}},
    ),
    ("missing-429-response", SHOP, {f"{ORDER}/description": "Rate limited."}),
    (
        "missing-retry-after",
        SHOP,
        {
            f"{ORDER}/responses/429": {
                "description": "Too many.",
                "headers": {"Retry-After": {"schema": {"type": "integer"}}},
            }
        },
    ),
    (
        "missing-location-header",
        SHOP,
        {
            f"{MAKE}/responses/201": {
                "description": "Placed.",
                "headers": {"Location": {"schema": {"type": "string"}}},
            }
        },
    ),
    (
        "property-case",
        SHOP,
        {f"{SCHEMAS}/Order/properties/{name}": {"type": "string"} for name in ("paidAt", "sentAt", "soldBy")},
    ),
    (
        "parameter-case",
        SHOP,
        {f"{LIST}/parameters/1": {"name": "sortBy", "in": "query", "schema": {"type": "string"}}},
    ),
    ("path-segment-case", SHOP, {"/paths/~1gift-notes": {}, "/paths/~1gift_cards": {}}),
    ("operation-id-case", SHOP, {f"{ORDER}/operationId": "getOrder"}),
    ("schema-name-case", SHOP, {}),
    ("enum-case", SHOP, {f"{_STATE}/enum": ["to_do", "inWork", "ON_HOLD", "open", "sent"]}),
    (
        "missing-date-time-format",
        SHOP,
        {
            f"{_PLACED}/format": "date",
            f"{_LISTED}": {},
            f"{_GOT}": {},
            f"{SCHEMAS}/Order/properties/look_at": {"type": "string"},
        },
    ),
    (
        "money-as-float",
        SHOP,
        {
            f"{SCHEMAS}/Order/properties/total_price": {"type": "string"},
            f"{SCHEMAS}/Order/properties/price_count": {"type": "number", "format": "float"},
        },
    ),
    ("missing-uuid-format", SHOP, {f"{SCHEMAS}/Order/properties/order_id/description": "A UUID."}),
    ("inconsistent-id-type", SHOP, {f"{SCHEMAS}/NewOrder/properties/order_id": {"type": ["string", "null"]}}),
    ("missing-pagination", SHOP, {f"{LIST}/parameters": GONE, f"{_LISTED}/schema/maxItems": 20}),
    ("unbounded-request-array", SHOP, {f"{_NOTE}": _ARRAY | {"maxItems": 3}}),
    ("unbounded-request-string", SHOP, {f"{_NOTE}/maxLength": GONE, f"{_NOTE}/enum": ["Hello"]}),
    ("unbounded-request-number", SHOP, {f"{_LIMIT}/schema/maximum": GONE, f"{_LIMIT}/name": "year"}),
    ("default-on-required-parameter", SHOP, {}),
    (
        "additional-properties-in-request",
        SHOP,
        {f"{SCHEMAS}/NewOrder/additionalProperties": {"type": "string"}},
    ),
    ("missing-description", SHOP, {f"{ORDER}/summary": GONE, f"{ORDER}/description": "Gets one."}),
    (
        "missing-parameter-description",
        SHOP,
        {f"{_LIMIT}/description": GONE, f"{_LIMIT}/schema/description": "How many."},
    ),
    ("missing-property-description", SHOP, {f"{_NOTE}": {"$ref": "#/components/schemas/Order"}}),
    ("placeholder-text", SHOP, {f"{_LIMIT}/description": "Todo items to list."}),
    ("missing-response-description", SHOP, {}),
    ("missing-example", SHOP, {f"{_BODY}/example": GONE}),
    ("missing-info-contact", SHOP, {}),
    ("missing-info-description", SHOP, {}),
    ("missing-tag-description", SHOP, {}),
]
