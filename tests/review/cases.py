"""For every rule, edits of a clean document that make it speak and edits that must not."""

from tests.review.documents import AN_ORDER, GONE, LIST, MAKE, ORDER, SCHEMAS, SHOP, SHOP_2_0, SHOP_3_0

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
_ELSEWHERE = "https://shop.example.com/problems/order-missing"
_ARRAY = {"type": "array", "items": {"type": "string"}, "description": "Words."}
_SEVERAL = {
    f"{SCHEMAS}/Order/properties/{name}": {"type": "string"} for name in ("paid_at", "sent_at", "sent_by")
}

# Each: the rule, the document, and the edits of it.
FIRING = [
    ("example-operation-unknown", SHOP, {f"{_MISSING}/example/next": {"operation_id": "list_oders"}}),
    ("parameter-location", SHOP, {f"{_LIMIT}/in": "qurey"}),
    ("parameter-location", SHOP_3_0, {f"{_LIMIT}/in": "qurey"}),
    ("parameter-location", SHOP, {f"{_LIMIT}/style": "simple"}),
    ("parameter-location", SHOP_3_0, {f"{_LIMIT}/style": "simple"}),
    ("path-parameters", SHOP, {f"{ORDER}/parameters/0/required": False}),
    ("path-parameters", SHOP_3_0, {f"{ORDER}/parameters/0/required": GONE}),
    ("path-parameters", SHOP_2_0, {f"{_PUT}/parameters/1/required": False}),
    ("path-template", SHOP, {"/paths/stock": {"get": {"responses": {"200": {"description": "S"}}}}}),
    ("error-responses-missing", SHOP, {f"{ORDER}/responses": GONE}),
    (
        "recursion-without-end",
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
        "link-without-target",
        SHOP,
        {
            f"{MAKE}/responses/201/links": {
                "got": {"operationId": "get_order", "parameters": {"order": "$response.body#/order_id"}}
            }
        },
    ),
    ("enum-empty", SHOP, {f"{_NOTE}/enum": []}),
    ("format-misspelt", SHOP, {f"{_PLACED}/format": "datetime"}),
    ("format-misspelt", SHOP, {f"{SCHEMAS}/Problem/properties/type/format": "uri-refrence"}),
    (
        "condition-never-holds",
        SHOP,
        {
            f"{SCHEMAS}/Order/allOf": [
                {"if": {"properties": {"state": {"const": "opne"}}}, "then": {"required": []}}
            ]
        },
    ),
    (
        "problem-title-of-another-status",
        SHOP,
        {f"{_MISSING}/example/title": "Gone"},
    ),
    (
        "required-undeclared",
        SHOP,
        {
            f"{SCHEMAS}/Problem/required/0": "titel",
            f"{SCHEMAS}/Order/properties/fault": {"allOf": [{"$ref": "#/components/schemas/Problem"}]},
        },
    ),
    ("valid-specification", SHOP, {"/info/version": GONE}),
    ("valid-specification", SHOP, {f"{_NAME}/type": "strng"}),
    ("valid-specification", SHOP, {f"{SCHEMAS}/NewOrder/required": "customer_name"}),
    ("valid-specification", SHOP, {f"{MAKE}/requestBody/content": GONE}),
    ("valid-specification", SHOP, {f"{_LIMIT}/colour": "red"}),
    ("valid-specification", SHOP_3_0, {f"{_NAME}/type": "strng"}),
    ("valid-specification", SHOP_2_0, {f"{_PUT}/responses/200/description": GONE}),
    ("reference-dangling", SHOP, {f"{_GOT}/schema": {"$ref": "#/components/schemas/Ordr"}}),
    ("reference-dangling", SHOP, {f"{ORDER}/responses/401": {"$ref": "#/components/responses/Missing"}}),
    ("reference-dangling", SHOP, {f"{_LIMIT}": {"$ref": "#/components/parameters/Limit"}}),
    ("reference-dangling", SHOP_3_0, {f"{_GOT}/schema": {"$ref": "missing.yaml#/Order"}}),
    ("reference-dangling", SHOP_2_0, {f"{_PUT}/responses/200/schema": {"$ref": "#/definitions/Missing"}}),
    (
        "discriminator-without-target",
        SHOP,
        {
            f"{SCHEMAS}/Cat": _CAT,
            f"{SCHEMAS}/Order/properties/pet": _PET | {"discriminator": {"propertyName": "sort"}},
        },
    ),
    (
        "discriminator-without-target",
        SHOP,
        {
            f"{SCHEMAS}/Cat": _CAT,
            f"{SCHEMAS}/Order/properties/pet": _PET
            | {"discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Dog"}}},
        },
    ),
    ("link-without-target", SHOP, {f"{MAKE}/responses/201/links": {"got": {"operationId": "get_oder"}}}),
    ("tag-undefined", SHOP, {f"{MAKE}/tags/0": "order"}),
    ("tag-unused", SHOP, {"/tags/1": {"name": "carts", "description": "None."}}),
    ("component-unused", SHOP, {f"{SCHEMAS}/Coupon": _COUPON}),
    ("component-unused", SHOP_2_0, {"/definitions/Coupon": {"type": "object"}}),
    ("path-parameters", SHOP, {f"{ORDER}/parameters/0/name": "orderid"}),
    ("path-parameters", SHOP, {f"{ORDER}/parameters": GONE}),
    (
        "path-parameters",
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
        "path-template",
        SHOP,
        {"/paths/~1stock?sort=up": {"get": {"responses": {"200": {"description": "S"}}}}},
    ),
    ("path-template", SHOP, {"/paths/~1stock~1{id": {"get": {"responses": {"200": {"description": "S"}}}}}),
    ("path-template", SHOP, {"/paths/~1stock~1~1all": {"get": {"responses": {"200": {"description": "S"}}}}}),
    (
        "path-trailing-slash",
        SHOP,
        {
            f"/paths/~1{name}": {"get": {"responses": {"200": {"description": "S"}}}}
            for name in ("a", "b", "c", "d", "e~1")
        },
    ),
    (
        "paths-equivalent",
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
        "paths-ambiguous",
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
    ("operation-id-repeated", SHOP, {f"{MAKE}/operationId": "list_orders"}),
    ("operation-id-missing", SHOP, {f"{MAKE}/operationId": GONE}),
    ("parameter-repeated", SHOP, {f"{LIST}/parameters/1": {"name": "limit", "in": "query", "schema": {}}}),
    (
        "parameter-ignored",
        SHOP,
        {f"{LIST}/parameters/1": {"name": "Authorization", "in": "header", "schema": {"type": "string"}}},
    ),
    (
        "response-header-ignored",
        SHOP,
        {f"{ORDER}/responses/200/headers": {"content-type": {"schema": {"type": "string"}}}},
    ),
    ("status-code", SHOP, {f"{ORDER}/responses/20": {"description": "Two digits."}}),
    ("status-code", SHOP_2_0, {f"{_PUT}/responses/4XX": {"description": "No ranges in 2.0."}}),
    (
        "response-with-impossible-content",
        SHOP,
        {f"{ORDER}/responses/204": {"description": "Nothing.", "content": {"application/json": {}}}},
    ),
    (
        "request-body-ignored",
        SHOP,
        {f"{ORDER}/requestBody": {"content": {"application/json": {"schema": {}}}}},
    ),
    (
        "success-response-missing",
        SHOP,
        {f"{ORDER}/responses": {"404": {"description": "No such order."}}},
    ),
    ("keyword-misspelt", SHOP, {f"{SCHEMAS}/Order/requried": ["state"]}),
    ("keyword-misspelt", SHOP, {f"{_NAME}/maxlenght": 3}),
    ("keyword-misspelt", SHOP, {f"{_LIMIT}/descripton": "How many."}),
    ("keyword-misspelt", SHOP, {f"{SCHEMAS}/Order/propertes": {}, f"{SCHEMAS}/Order/properties": GONE}),
    ("keyword-misspelt", SHOP, {f"{SCHEMAS}/Order/additionalproperties": False}),
    ("keyword-misspelt", SHOP_3_0, {f"{_COUNT}/minimun": 3}),
    ("keyword-misspelt", SHOP, {f"{MAKE}/sumary": "Place"}),
    ("keyword-misspelt", SHOP_2_0, {"/definitions/Order/requird": ["name"]}),
    ("keyword-of-another-version", SHOP, {f"{_NAME}/nullable": True}),
    ("keyword-of-another-version", SHOP, {f"{_COUNT}/exclusiveMinimum": True}),
    ("keyword-of-another-version", SHOP_3_0, {f"{_COUNT}/exclusiveMinimum": 0}),
    ("keyword-of-another-version", SHOP_3_0, {f"{_NAME}/type": ["string", "null"]}),
    ("keyword-of-another-version", SHOP_3_0, {f"{_NAME}/const": "Ada"}),
    ("keyword-of-another-version", SHOP_3_0, {f"{_NAME}/examples": ["Ada"]}),
    ("keyword-of-another-version", SHOP, {f"{_LIMIT}/collectionFormat": "multi"}),
    ("keyword-of-another-version", SHOP, {f"{MAKE}/produces": ["application/json"]}),
    ("keyword-of-another-version", SHOP_2_0, {"/definitions/Order/properties/name/nullable": True}),
    ("keyword-without-effect", SHOP, {f"{_COUNT}/minLength": 3}),
    ("reference-siblings-ignored", SHOP_3_0, {f"{_GOT}/schema/description": "An order."}),
    ("nullable-without-effect", SHOP_3_0, {f"{_STATE}/nullable": True}),
    ("keyword-unknown", SHOP, {f"{_NAME}/colour": "red"}),
    ("format-of-another-type", SHOP, {f"{_COUNT}/format": "date-time"}),
    ("format-unknown", SHOP, {f"{_NAME}/format": "full-name"}),
    ("pattern-invalid", SHOP, {f"{_NAME}/pattern": "^[A-Z"}),
    ("pattern-invalid", SHOP, {f"{_NAME}/pattern": "(?i)ada"}),
    ("pattern-of-another-dialect", SHOP, {f"{_NAME}/pattern": "/^[A-Za-z]+$/"}),
    ("pattern-of-another-dialect", SHOP, {f"{_NAME}/pattern": r"\AAda\Z", f"{_BODY}/example": GONE}),
    ("bounds-cross", SHOP, {f"{_NAME}/minLength": 81}),
    ("bounds-cross", SHOP, {f"{_NOTE}/minLength": 201}),
    ("bounds-cross", SHOP, {f"{SCHEMAS}/Order/properties/item_count/minimum": 51}),
    (
        "bounds-cross",
        SHOP,
        {
            f"{SCHEMAS}/Order/properties/item_count/multipleOf": 60,
            f"{SCHEMAS}/Order/properties/item_count/minimum": 1,
        },
    ),
    ("bounds-cross", SHOP, {f"{_NOTE}": {"type": "array", "items": {}, "minItems": 3, "maxItems": 2}}),
    ("bounds-cross", SHOP, {f"{SCHEMAS}/Order/minProperties": 5, f"{SCHEMAS}/Order/maxProperties": 4}),
    ("all-of-contradicts", SHOP, {f"{_NOTE}": {"allOf": [{"type": "string"}, {"type": "integer"}]}}),
    ("all-of-contradicts", SHOP, {f"{_NOTE}": {"allOf": [{"enum": ["a"]}, {"enum": ["b"]}]}}),
    (
        "all-of-contradicts",
        SHOP,
        {f"{_NOTE}": {"allOf": [{"minimum": 5}, {"maximum": 4}], "type": "integer"}},
    ),
    ("enum-outside-type", SHOP, {f"{_STATE}/enum/2": 3}),
    ("enum-outside-type", SHOP_3_0, {f"{_STATE}/enum/2": None}),
    ("enum-repeats", SHOP, {f"{_STATE}/enum/3": "open"}),
    (
        "required-impossible",
        SHOP,
        {f"{SCHEMAS}/NewOrder/additionalProperties": False, f"{SCHEMAS}/NewOrder/required/1": "color"},
    ),
    ("required-undeclared", SHOP, {f"{SCHEMAS}/Order/required/1": "sate"}),
    ("one-of-overlaps", SHOP, {f"{_NOTE}": {"oneOf": [{"type": "integer"}, {"type": "number"}]}}),
    ("one-of-overlaps", SHOP, {f"{_NOTE}": {"oneOf": [{"type": "string"}, {"type": "string"}]}}),
    ("read-only-and-write-only", SHOP, {f"{SCHEMAS}/Order/properties/order_id/writeOnly": True}),
    ("array-without-items", SHOP_3_0, {f"{_NOTE}": {"type": "array"}}),
    ("example-breaks-schema", SHOP, {f"{_GOT}/example/state": "closed"}),
    ("example-breaks-schema", SHOP, {f"{_GOT}/example/placed_at": "yesterday"}),
    ("example-breaks-schema", SHOP, {f"{_LISTED}/examples/one/value/0/order_id": GONE}),
    ("example-breaks-schema", SHOP, {f"{_LIMIT}/example": 101}),
    ("example-breaks-schema", SHOP, {f"{_NAME}/examples": [""]}),
    ("example-breaks-schema", SHOP_3_0, {f"{_NAME}/example": 7}),
    ("example-breaks-schema", SHOP_2_0, {f"{_PUT}/responses/200/examples/application~1json/name": 7}),
    ("example-breaks-schema", SHOP_2_0, {"/definitions/Order/example": {"name": 7}}),
    (
        "example-breaks-format",
        SHOP,
        {f"{_NAME}/format": "email", f"{_NAME}/examples": ["not one"], f"{_BODY}/example": GONE},
    ),
    ("default-breaks-schema", SHOP, {f"{_LIMIT}/schema/default": 200}),
    ("default-breaks-schema", SHOP, {f"{_COUNT}/default": "1"}),
    ("default-breaks-schema", SHOP_2_0, {f"{_PUT}/parameters/3/default": "one"}),
    ("enum-breaks-schema", SHOP, {f"{_STATE}/pattern": "^[o-r]"}),
    ("example-as-text", SHOP, {f"{_GOT}/example": '{"order_id": "7"}'}),
    ("example-property-misspelt", SHOP, {f"{_BODY}/example/gift_noet": "Hello"}),
    ("example-property-undeclared", SHOP, {f"{_BODY}/example/colour": "red"}),
    (
        "example-of-another-direction",
        SHOP,
        {f"{_NOTE}/readOnly": True, f"{_BODY}/example/gift_note": "Hello"},
    ),
    (
        "examples-disagree",
        SHOP,
        {
            "/components/examples": {"one": {"value": []}},
            f"{MAKE}/responses/201/content/application~1json/examples": {},
        },
    ),
    ("example-and-examples", SHOP, {f"{_LISTED}/example": [AN_ORDER]}),
    ("problem-status", SHOP, {f"{_MISSING}/example/status": 403}),
    (
        "problem-status",
        SHOP,
        {"/components/responses/Refused/content/application~1problem+json/example/status": 500},
    ),
    (
        "problem-status",
        SHOP,
        {"/components/responses/Refused/content/application~1problem+json/example/status": 401},
    ),
    (
        "problem-title-varies",
        SHOP,
        {"/components/responses/Refused/content/application~1problem+json/example/type": _ELSEWHERE},
    ),
    ("problem-of-another-resource", SHOP, {f"{_MISSING}/example/instance": "/v1/invoices/018f6b1e"}),
    ("problem-of-another-resource", SHOP, {f"{_MISSING}/example/title": "Invoice not found"}),
    ("problem-type-relative", SHOP, {f"{_MISSING}/example/type": "problems/order-missing"}),
    ("media-type-malformed", SHOP, {f"{ORDER}/responses/200/content/json": {}}),
    ("media-type-malformed", SHOP_2_0, {"/produces/0": "json"}),
    (
        "prose-contradicts-problem-media-type",
        SHOP,
        {
            f"{ORDER}/responses/409": {
                "description": "A problem (RFC 9457).",
                "content": {"application/json": {}},
            }
        },
    ),
    ("prose-contradicts-media-type", SHOP, {f"{LIST}/summary": "Export all orders as CSV"}),
    ("media-type-without-schema", SHOP, {f"{_GOT}/schema": GONE}),
    ("prose-contradicts-enum", SHOP, {f"{_STATE}/description": "How far it is (currently open)."}),
    ("prose-contradicts-enum", SHOP, {f"{_STATE}/description": "One of `open`, `sent`, `payed`."}),
    ("prose-contradicts-enum", SHOP, {f"{_STATE}/description": "One of `open`, `sent`."}),
    ("prose-contradicts-default", SHOP, {f"{_LIMIT}/description": "How many; defaults to 50."}),
    ("prose-contradicts-default", SHOP, {f"{_STATE}/description": "How far; defaults to `new`."}),
    ("prose-contradicts-bound", SHOP, {f"{_NAME}/description": "Who orders, at most 100 characters."}),
    ("prose-contradicts-bound", SHOP, {f"{_LIMIT}/description": "How many, between 1 and 50."}),
    ("prose-contradicts-null", SHOP, {f"{_PLACED}/description": "Null when it is a draft."}),
    (
        "prose-contradicts-null",
        SHOP,
        {f"{_PLACED}/type": ["string", "null"], f"{_PLACED}/description": "When. Never null."},
    ),
    ("prose-contradicts-required", SHOP, {f"{ORDER}/parameters/0/description": "Optional. Which order."}),
    ("prose-contradicts-required", SHOP, {f"{_LIMIT}/description": "How many (required)."}),
    ("prose-contradicts-deprecated", SHOP, {f"{LIST}/description": "Deprecated: ask for pages."}),
    ("security-scheme-undefined", SHOP, {f"{MAKE}/security": [{"tokn": []}]}),
    (
        "security-scope-undefined",
        SHOP,
        {"/components/securitySchemes/token": _OAUTH, f"{MAKE}/security": [{"token": ["orders:write"]}]},
    ),
    (
        "security-scheme-unused",
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
    ("security-unstated", SHOP, {"/security": GONE}),
    ("unauthorized-undocumented", SHOP, {f"{ORDER}/responses/401": GONE, f"{ORDER}/responses/4XX": GONE}),
    ("unauthorized-without-security", SHOP, {f"{ORDER}/security": []}),
    ("server-variables", SHOP, {"/servers/0/url": "https://{region}.example.com"}),
    (
        "server-variables",
        SHOP,
        {
            "/servers/0/url": "https://{region}.example.com",
            "/servers/0/variables": {"region": {"enum": ["eu", "us"], "default": "asia"}},
        },
    ),
    ("server-url", SHOP, {"/servers/0/url": "https://shop.example.com/v1?key=1"}),
    ("server-plain-http", SHOP, {"/servers/0/url": "http://shop.example.com/v1"}),
    ("server-plain-http", SHOP_2_0, {"/schemes/1": "http"}),
    (
        "status-in-prose-undocumented",
        SHOP,
        {f"{ORDER}/description": "Answers with status 503 while the stock is counted."},
    ),
    ("error-responses-missing", SHOP, {f"{ORDER}/responses": {"200": {"description": "The order."}}}),
    ("bad-request-undocumented", SHOP, {f"{ORDER}/responses/4XX": GONE}),
    ("not-found-undocumented", SHOP, {f"{ORDER}/responses/404": GONE, f"{ORDER}/responses/4XX": GONE}),
    (
        "error-without-problem-details",
        SHOP,
        {
            f"{ORDER}/responses/409": {
                "description": "Taken.",
                "content": {"application/json": {"schema": {}}},
            }
        },
    ),
    (
        "too-many-requests-undocumented",
        SHOP,
        {f"{ORDER}/description": "Rate limited.", f"{ORDER}/responses/4XX": GONE},
    ),
    ("retry-after-missing", SHOP, {f"{ORDER}/responses/429": {"description": "Too many requests."}}),
    ("created-without-location", SHOP, {f"{MAKE}/responses/201": {"description": "Placed."}}),
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
    ("time-without-format", SHOP, {f"{_PLACED}/format": GONE}),
    (
        "money-as-float",
        SHOP,
        {f"{SCHEMAS}/Order/properties/total_price": {"type": "number", "format": "float"}},
    ),
    (
        "uuid-without-format",
        SHOP,
        {f"{SCHEMAS}/Order/properties/shop": {"type": "string", "description": "Its UUID."}},
    ),
    (
        "id-types-differ",
        SHOP,
        {
            f"{SCHEMAS}/Order/properties/shop_id": {"type": "string"},
            f"{SCHEMAS}/NewOrder/properties/shop_id": {"type": "integer"},
        },
    ),
    ("list-without-pagination", SHOP, {f"{LIST}/parameters": GONE}),
    ("request-array-unbounded", SHOP, {f"{_NOTE}": _ARRAY}),
    ("request-string-unbounded", SHOP, {f"{_NOTE}/maxLength": GONE}),
    ("request-number-unbounded", SHOP, {f"{_LIMIT}/schema/maximum": GONE}),
    ("default-of-required-parameter", SHOP, {f"{_LIMIT}/required": True}),
    ("additional-properties-of-request", SHOP, {f"{SCHEMAS}/NewOrder/additionalProperties": True}),
    ("operation-without-words", SHOP, {f"{ORDER}/summary": GONE}),
    ("parameter-without-words", SHOP, {f"{_LIMIT}/description": GONE}),
    ("property-without-words", SHOP, {f"{_NOTE}/description": GONE}),
    ("words-left-open", SHOP, {f"{_LIMIT}/description": "TODO"}),
    ("response-without-words", SHOP, {f"{ORDER}/responses/200/description": ""}),
    ("body-without-example", SHOP, {f"{_BODY}/example": GONE, f"{_COUNT}/default": GONE}),
    ("info-without-contact", SHOP, {"/info/contact": GONE}),
    ("info-without-description", SHOP, {"/info/description": GONE}),
    ("tag-without-words", SHOP, {"/tags/0/description": GONE}),
]

SILENT = [
    ("example-operation-unknown", SHOP, {f"{_MISSING}/example/next": {"operation_id": "list_orders"}}),
    (
        "path-parameters",
        SHOP,
        {"/paths/~1stock?sort={sort}": {"get": {"responses": {"200": {"description": "S"}}}}},
    ),
    ("parameter-location", SHOP, {f"{_LIMIT}/style": "form"}),
    ("parameter-location", SHOP, {f"{ORDER}/parameters/0/style": "matrix"}),
    (
        "recursion-without-end",
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
        "link-without-target",
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
    ("enum-empty", SHOP, {f"{_NOTE}/enum": [""]}),
    (
        "format-misspelt",
        SHOP,
        {f"{_NAME}/format": "uuid4", f"{_NOTE}/format": "guid", f"{_PLACED}/format": "x-date-time"},
    ),
    (
        "condition-never-holds",
        SHOP,
        {f"{SCHEMAS}/Order/allOf": [{"if": {"properties": {"state": {"enum": ["open", "new"]}}}}]},
    ),
    ("problem-title-of-another-status", SHOP, {f"{_MISSING}/example/title": "Not found"}),
    (
        "required-undeclared",
        SHOP,
        {
            f"{SCHEMAS}/Base": {"type": "object", "required": ["a", "b"], "properties": {"a": {}}},
            f"{SCHEMAS}/Order/properties/fault": {
                "allOf": [{"$ref": "#/components/schemas/Base"}],
                "properties": {"b": {}},
            },
        },
    ),
    ("valid-specification", SHOP, {"/info/x-owner": "orders", f"{_LIMIT}/x-colour": "red"}),
    ("valid-specification", SHOP, {f"{_NAME}/type": ["string", "null"]}),
    (
        "reference-dangling",
        SHOP,
        {f"{_BODY}/example/customer_name": "$ref", f"{SCHEMAS}/Order/properties/$ref": {"type": "string"}},
    ),
    ("discriminator-without-target", SHOP, {f"{SCHEMAS}/Cat": _CAT, f"{SCHEMAS}/Order/properties/pet": _PET}),
    ("link-without-target", SHOP, {f"{MAKE}/responses/201/links": {"got": {"operationId": "get_order"}}}),
    ("tag-undefined", SHOP, {"/tags": GONE}),
    ("tag-unused", SHOP, {}),
    (
        "component-unused",
        SHOP,
        {
            f"{SCHEMAS}/Order/properties/coupon": {"$ref": "#/components/schemas/Coupon"},
            f"{SCHEMAS}/Coupon": _COUPON,
        },
    ),
    (
        "path-parameters",
        SHOP,
        {
            "/paths/~1orders~1{order_id}/parameters": [
                {"name": "order_id", "in": "path", "required": True, "schema": {"type": "string"}}
            ],
            f"{ORDER}/parameters": GONE,
        },
    ),
    ("path-template", SHOP, {"/paths/~1files~1{name}.{ext}": {}}),
    ("path-trailing-slash", SHOP, {"/paths/~1": {"get": {"responses": {"200": {"description": "S"}}}}}),
    ("paths-equivalent", SHOP, {"/paths/~1orders~1{order_id}:cancel": {}}),
    (
        "paths-ambiguous",
        SHOP,
        {"/paths/~1orders~1mine": {"get": {"responses": {"200": {"description": "S"}}}}},
    ),
    (
        "paths-ambiguous",
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
    ("operation-id-repeated", SHOP, {f"{MAKE}/operationId": GONE, f"{LIST}/operationId": GONE}),
    ("operation-id-missing", SHOP, {}),
    (
        "parameter-repeated",
        SHOP,
        {f"{LIST}/parameters/1": {"name": "limit", "in": "header", "schema": {"type": "integer"}}},
    ),
    (
        "parameter-ignored",
        SHOP,
        {f"{LIST}/parameters/1": {"name": "Accept-Language", "in": "header", "schema": {"type": "string"}}},
    ),
    (
        "response-header-ignored",
        SHOP,
        {f"{ORDER}/responses/200/headers": {"ETag": {"schema": {"type": "string"}}}},
    ),
    (
        "status-code",
        SHOP,
        {
            f"{ORDER}/responses/599": {"description": "Own."},
            f"{ORDER}/responses/default": {"description": "D"},
        },
    ),
    ("response-with-impossible-content", SHOP, {f"{ORDER}/responses/204": {"description": "Nothing."}}),
    (
        "request-body-ignored",
        SHOP,
        {
            f"{_PUT}": {
                "requestBody": {"content": {"text/plain": {}}},
                "responses": {"200": {"description": "S"}},
            }
        },
    ),
    (
        "success-response-missing",
        SHOP,
        {f"{ORDER}/responses/200": GONE, f"{ORDER}/responses/302": {"description": "There."}},
    ),
    (
        "keyword-misspelt",
        SHOP,
        {f"{SCHEMAS}/Order/properties/requried": {"type": "string"}, f"{_BODY}/example/requried": 1},
    ),
    ("keyword-misspelt", SHOP, {f"{SCHEMAS}/Order/x-requried": True, f"{_NAME}/colour": "red"}),
    ("keyword-of-another-version", SHOP_3_0, {f"{_NAME}/nullable": True, f"{_COUNT}/exclusiveMinimum": True}),
    (
        "keyword-of-another-version",
        SHOP,
        {f"{_COUNT}/exclusiveMinimum": 0, f"{_NAME}/type": ["string", "null"], f"{_NAME}/examples": ["Ada"]},
    ),
    ("keyword-of-another-version", SHOP_2_0, {f"{_PUT}/parameters/2/collectionFormat": "multi"}),
    ("keyword-without-effect", SHOP, {f"{_COUNT}/type": ["integer", "string"], f"{_COUNT}/minLength": 3}),
    ("reference-siblings-ignored", SHOP, {f"{_GOT}/schema/description": "An order."}),
    ("nullable-without-effect", SHOP_3_0, {f"{_STATE}/nullable": True, f"{_STATE}/enum/3": None}),
    ("keyword-unknown", SHOP, {f"{_NAME}/x-colour": "red", f"{_NAME}/$comment": "red"}),
    (
        "format-of-another-type",
        SHOP,
        {
            f"{_COUNT}/format": "int32",
            f"{_NAME}/format": "email",
            f"{_BODY}/example/customer_name": "a@b.example",
        },
    ),
    ("format-unknown", SHOP, {f"{_COUNT}/format": "int64"}),
    ("pattern-invalid", SHOP, {f"{_NAME}/pattern": r"^(?<first>[\w\-.]+)(?!\d)\p{L}*.{0,70000}$"}),
    ("pattern-of-another-dialect", SHOP, {f"{_NAME}/pattern": r"^/[a-z]+/[A-Z]?|\\Z|Ada"}),
    (
        "bounds-cross",
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
        "bounds-cross",
        SHOP,
        {f"{_NOTE}": {"type": "number", "exclusiveMinimum": 0, "maximum": 0.3, "multipleOf": 0.1}},
    ),
    (
        "all-of-contradicts",
        SHOP,
        {f"{_NOTE}": {"allOf": [{"type": "number"}, {"type": "integer", "minimum": 1}, {"enum": [1, 2]}]}},
    ),
    ("enum-outside-type", SHOP, {f"{_COUNT}/enum": [1.0, 2, 3]}),
    ("enum-outside-type", SHOP_3_0, {f"{_STATE}/enum/3": None, f"{_STATE}/nullable": True}),
    ("enum-repeats", SHOP, {f"{_NOTE}": {"enum": [1, True, "1", None]}}),
    ("required-impossible", SHOP, {f"{SCHEMAS}/NewOrder/additionalProperties": False}),
    (
        "required-undeclared",
        SHOP,
        {
            f"{SCHEMAS}/Order/allOf": [{"required": ["placed_at"]}],
            f"{SCHEMAS}/NewOrder/anyOf": [{"required": ["gift_note"]}, {"required": ["item_count"]}],
        },
    ),
    ("one-of-overlaps", SHOP, {f"{_NOTE}": {"oneOf": [{"type": "integer"}, {"type": "string"}]}}),
    (
        "read-only-and-write-only",
        SHOP,
        {f"{_NAME}/writeOnly": True, f"{SCHEMAS}/Order/properties/state/readOnly": True},
    ),
    ("array-without-items", SHOP, {f"{_NOTE}": {"type": "array"}}),
    (
        "example-breaks-schema",
        SHOP,
        {f"{_BODY}/example": {"customer_name": "Ada"}, f"{_LIMIT}/example": "10"},
    ),
    (
        "example-breaks-schema",
        SHOP,
        {
            f"{SCHEMAS}/NewOrder/required/1": "order_id",
            f"{SCHEMAS}/NewOrder/properties/order_id": {"type": "string", "readOnly": True},
        },
    ),
    ("example-breaks-schema", SHOP_3_0, {f"{_NAME}/nullable": True, f"{_NAME}/example": None}),
    (
        "example-breaks-schema",
        SHOP_2_0,
        {
            f"{_PUT}/responses/200/examples/application~1xml": "<name>Ada</name>",
            "/produces/1": "application/xml",
        },
    ),
    (
        "example-breaks-format",
        SHOP,
        {f"{_NAME}/format": "email", f"{_NAME}/examples": ["ada@shop.example"], f"{_BODY}/example": GONE},
    ),
    ("default-breaks-schema", SHOP, {f"{_COUNT}/default": 2.0}),
    ("enum-breaks-schema", SHOP, {f"{_STATE}/pattern": "^[a-z]+$"}),
    (
        "example-as-text",
        SHOP,
        {f"{_NAME}/maxLength": 200, f"{_BODY}/example/customer_name": '{"order_id": "7"}'},
    ),
    (
        "example-property-misspelt",
        SHOP,
        {
            f"{_BODY}/example/gift_notes": "Hello",
            f"{SCHEMAS}/NewOrder/additionalProperties": {"type": "string"},
        },
    ),
    (
        "example-property-undeclared",
        SHOP,
        {f"{_BODY}/example/colour": "red", f"{SCHEMAS}/NewOrder/additionalProperties": True},
    ),
    ("example-of-another-direction", SHOP, {}),
    ("examples-disagree", SHOP, {"/components/examples": {"one": {"value": [AN_ORDER]}}}),
    ("example-and-examples", SHOP, {f"{_GOT}/examples": {}}),
    (
        "problem-status",
        SHOP,
        {
            f"{ORDER}/responses/default": {
                "description": "D",
                "content": {"application/problem+json": {"example": {"title": "T", "status": 500}}},
            }
        },
    ),
    (
        "problem-title-varies",
        SHOP,
        {
            f"{_MISSING}/example/type": "about:blank",
            "/components/responses/Refused/content/application~1problem+json/example/type": "about:blank",
        },
    ),
    (
        "problem-of-another-resource",
        SHOP,
        {f"{_MISSING}/example/instance": "/orders/018f6b1e-7c2a-7d3e-9b41-5a6c7d8e9f10"},
    ),
    (
        "problem-of-another-resource",
        SHOP,
        {f"{_MISSING}/example/instance": "urn:uuid:018f6b1e-7c2a-7d3e-9b41-5a6c7d8e9f10"},
    ),
    ("problem-type-relative", SHOP, {}),
    (
        "media-type-malformed",
        SHOP,
        {
            f"{ORDER}/responses/200/content/application~1vnd.shop+json; version=1": {
                "schema": {"type": "object"}
            }
        },
    ),
    (
        "prose-contradicts-problem-media-type",
        SHOP,
        {
            f"{ORDER}/responses/409": {
                "description": "Taken.",
                "content": {"application/json": {"schema": {"type": "object"}}},
            }
        },
    ),
    (
        "prose-contradicts-media-type",
        SHOP,
        {f"{LIST}/summary": "Export all orders as CSV or JSON", f"{MAKE}/summary": "Import orders from CSV"},
    ),
    ("media-type-without-schema", SHOP, {f"{ORDER}/responses/200/content/application~1pdf": {}}),
    (
        "prose-contradicts-enum",
        SHOP,
        {f"{_STATE}/description": "How far (currently open or sent). One of `open`, `sent`, `paid`."},
    ),
    (
        "prose-contradicts-default",
        SHOP,
        {f"{_LIMIT}/description": "How many. Defaults to 20. By default the newest come first."},
    ),
    (
        "prose-contradicts-default",
        SHOP,
        {f"{_LIMIT}/description": "How many. Defaults to 5 minutes of orders."},
    ),
    (
        "prose-contradicts-bound",
        SHOP,
        {f"{_NAME}/description": "Between 1 and 80 characters, at most 80 characters. Version 3.1 up."},
    ),
    (
        "prose-contradicts-null",
        SHOP,
        {
            f"{_PLACED}/type": ["string", "null"],
            f"{_PLACED}/description": "Null when it is a draft.",
            f"{_STATE}/description": "It cannot be null.",
        },
    ),
    (
        "prose-contradicts-required",
        SHOP,
        {f"{_LIMIT}/description": "Optional. How many.", f"{_NOTE}/description": "Required if it is a gift."},
    ),
    (
        "prose-contradicts-deprecated",
        SHOP,
        {
            f"{LIST}/description": "Deprecated: ask for pages.",
            f"{LIST}/deprecated": True,
            f"{MAKE}/description": "Replaces the deprecated one.",
        },
    ),
    ("security-scheme-undefined", SHOP, {f"{MAKE}/security": [{"token": []}, {}]}),
    (
        "security-scope-undefined",
        SHOP,
        {"/components/securitySchemes/token": _OAUTH, f"{MAKE}/security": [{"token": ["orders:read"]}]},
    ),
    ("security-scope-undefined", SHOP, {f"{MAKE}/security": [{"token": ["orders:write"]}]}),
    ("security-scheme-unused", SHOP, {}),
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
    ("security-unstated", SHOP, {"/security": []}),
    ("unauthorized-undocumented", SHOP, {f"{ORDER}/responses/401": GONE}),
    ("unauthorized-without-security", SHOP, {}),
    (
        "server-variables",
        SHOP,
        {
            "/servers/0/url": "https://{region}.example.com",
            "/servers/0/variables": {"region": {"enum": ["eu"], "default": "eu"}},
        },
    ),
    ("server-url", SHOP, {"/servers/0/url": "/v1"}),
    (
        "server-plain-http",
        SHOP,
        {"/servers/1": {"url": "http://localhost:8000/v1"}, "/servers/2": {"url": "/v1"}},
    ),
    (
        "status-in-prose-undocumented",
        SHOP,
        {f"{ORDER}/description": "Answers 404 or 429, an error. Returns at most 500 characters; 450 ms."},
    ),
    (
        "error-responses-missing",
        SHOP,
        {f"{ORDER}/responses": {"200": {"description": "S"}, "default": {"description": "D"}}},
    ),
    (
        "bad-request-undocumented",
        SHOP,
        {f"{ORDER}/responses/4XX": GONE, f"{ORDER}/responses/422": {"description": "No."}},
    ),
    ("not-found-undocumented", SHOP, {f"{ORDER}/responses/404": GONE}),
    (
        "error-without-problem-details",
        SHOP,
        {f"{ORDER}/responses/409": {"description": "Taken.", "content": {"text/plain": {}}}},
    ),
    ("too-many-requests-undocumented", SHOP, {f"{ORDER}/description": "Rate limited."}),
    (
        "retry-after-missing",
        SHOP,
        {
            f"{ORDER}/responses/429": {
                "description": "Too many.",
                "headers": {"Retry-After": {"schema": {"type": "integer"}}},
            }
        },
    ),
    (
        "created-without-location",
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
        "time-without-format",
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
    ("uuid-without-format", SHOP, {f"{SCHEMAS}/Order/properties/order_id/description": "A UUID."}),
    ("id-types-differ", SHOP, {f"{SCHEMAS}/NewOrder/properties/order_id": {"type": ["string", "null"]}}),
    ("list-without-pagination", SHOP, {f"{LIST}/parameters": GONE, f"{_LISTED}/schema/maxItems": 20}),
    ("request-array-unbounded", SHOP, {f"{_NOTE}": _ARRAY | {"maxItems": 3}}),
    ("request-string-unbounded", SHOP, {f"{_NOTE}/maxLength": GONE, f"{_NOTE}/enum": ["Hello"]}),
    ("request-number-unbounded", SHOP, {f"{_LIMIT}/schema/maximum": GONE, f"{_LIMIT}/name": "year"}),
    ("default-of-required-parameter", SHOP, {}),
    (
        "additional-properties-of-request",
        SHOP,
        {f"{SCHEMAS}/NewOrder/additionalProperties": {"type": "string"}},
    ),
    ("operation-without-words", SHOP, {f"{ORDER}/summary": GONE, f"{ORDER}/description": "Gets one."}),
    (
        "parameter-without-words",
        SHOP,
        {f"{_LIMIT}/description": GONE, f"{_LIMIT}/schema/description": "How many."},
    ),
    ("property-without-words", SHOP, {f"{_NOTE}": {"$ref": "#/components/schemas/Order"}}),
    ("words-left-open", SHOP, {f"{_LIMIT}/description": "Todo items to list."}),
    ("response-without-words", SHOP, {}),
    ("body-without-example", SHOP, {f"{_BODY}/example": GONE}),
    ("info-without-contact", SHOP, {}),
    ("info-without-description", SHOP, {}),
    ("tag-without-words", SHOP, {}),
]
