"""Edits of contracts and what each means, by a key made by hand: base, edit, verdict, the id expected."""

from dataclasses import dataclass
from typing import Any

from tests.review.changes.editing import PETSTORE, REPORTS, SHOP, both, cut, put

B, R, C = "breaking", "needs-review", "compatible"
LIST, CREATE, READ = "paths /orders get", "paths /orders post", "paths /orders/{order_id} get"
PAGE = f"{LIST} responses 200"
FILES = "paths /orders/{order_id}/files post"
EXPORT = "paths /v1/reports/saved/{report_id}/export post"


@dataclass(frozen=True)
class Edit:
    base: Any
    make: Any
    verdict: str
    id: str

    def __str__(self):
        return self.id


def shop(make, verdict, rule):
    return Edit(SHOP, make, verdict, rule)


def pets(make, verdict, rule):
    return Edit(PETSTORE, make, verdict, rule)


def reports(make, verdict, rule):
    return Edit(REPORTS, make, verdict, rule)


NEW_CALLBACK = {"post": {"responses": {"204": {"description": "Taken."}}}}
REFUSED = {"$ref": "#/components/responses/Refused"}
NEW_OPERATION = {"operationId": "extra", "responses": {"204": {"description": "Done."}}}
STATES = {"type": "string", "enum": ["open", "paid", "shipped", "lost"]}

EDITS = [
    # operations and paths
    shop(cut(LIST), B, "operation-removed"),
    shop(cut("paths /payments"), B, "operation-removed"),
    shop(cut("paths /orders/{order_id} delete"), B, "operation-removed"),
    shop(put("paths /orders patch", NEW_OPERATION), C, "operation-added"),
    shop(put("paths /extra", {"get": NEW_OPERATION}), C, "operation-added"),
    shop(put("paths /orders/latest", {"get": NEW_OPERATION}), R, "operation-takes-calls"),
    shop(put(f"{LIST} operationId", "orders"), R, "operation-id-changed"),
    shop(put(f"{LIST} deprecated", new=True), C, "operation-deprecated"),
    shop(put("paths /orders/{order_id} delete x-sunset", "2026-02-01"), R, "sunset-earlier"),
    shop(put("paths /orders/{order_id} delete x-sunset", "2026-09-01"), C, "sunset-later"),
    # parameters
    shop(
        put(f"{LIST} parameters +", {"name": "page", "in": "query", "schema": {"type": "integer"}}),
        C,
        "parameter-added",
    ),
    shop(
        put(f"{LIST} parameters +", {"name": "page", "in": "query", "required": True, "schema": {}}),
        B,
        "required-parameter-added",
    ),
    shop(cut(f"{LIST} parameters 2"), R, "parameter-removed"),
    shop(put(f"{LIST} parameters 0 required", new=True), B, "parameter-became-required"),
    shop(put(f"{LIST} parameters 4 in", "query"), B, "parameter-moved"),
    shop(put(f"{LIST} parameters 1 explode", new=False), B, "parameter-explode-changed"),
    shop(put(f"{LIST} parameters 1 style", "pipeDelimited"), B, "parameter-style-changed"),
    shop(put(f"{LIST} parameters 2 allowReserved", new=True), R, "parameter-reserved-changed"),
    shop(put(f"{LIST} parameters 0 schema maximum", 50), B, "request-maximum-lowered"),
    shop(put(f"{LIST} parameters 0 schema maximum", 500), C, "request-maximum-raised"),
    shop(put(f"{LIST} parameters 0 schema minimum", 10), B, "request-minimum-raised"),
    shop(put(f"{LIST} parameters 0 schema default", 50), R, "request-default-changed"),
    shop(put(f"{LIST} parameters 2 schema", {"type": "integer"}), B, "request-type-changed"),
    shop(put(f"{LIST} parameters 0 schema", {"type": "string", "default": 20}), C, "request-type-widened"),
    shop(put(f"{LIST} parameters 2 schema enum", ["date", "-date"]), B, "request-enum-value-removed"),
    shop(
        put(f"{LIST} parameters 2 schema enum", ["date", "-date", "total", "id"]),
        C,
        "request-enum-value-added",
    ),
    shop(
        put(
            f"{LIST} parameters 2",
            {
                "name": "sort",
                "in": "query",
                "content": {
                    "application/json": {"schema": {"type": "string", "enum": ["date", "-date", "total"]}}
                },
            },
        ),
        B,
        "parameter-content-changed",
    ),
    shop(put("paths /orders/{order_id} parameters 0 schema maxLength", 20), B, "request-max-length-lowered"),
    # request bodies
    shop(put("*NewOrder required", ["lines", "email"]), B, "request-property-became-required"),
    shop(put("*NewOrder required", []), C, "request-property-became-optional"),
    shop(put("*NewOrder properties coupon", {"type": "string"}), C, "request-property-added"),
    shop(
        both(
            put("*NewOrder properties coupon", {"type": "string"}),
            put("*NewOrder required", ["lines", "coupon"]),
        ),
        B,
        "request-required-property-added",
    ),
    shop(cut("*NewOrder properties gift"), R, "request-property-removed"),
    shop(cut("*Settings properties level"), B, "request-property-refused"),
    shop(put("*NewOrder additionalProperties", new=False), B, "request-object-closed"),
    shop(put("*NewOrder properties note maxLength", 100), B, "request-max-length-lowered"),
    shop(put("*NewOrder properties note minLength", 1), B, "request-min-length-raised"),
    shop(put("*NewOrder properties note pattern", "^[a-z ]*$"), B, "request-pattern-added"),
    shop(cut("*NewOrder properties email format"), C, "request-format-removed"),
    shop(put("*NewOrder properties note format", "uuid"), B, "request-format-added"),
    shop(put("*NewOrder properties priority enum", ["low", "normal"]), B, "request-enum-value-removed"),
    shop(
        put("*NewOrder properties priority enum", ["low", "normal", "high", "top"]),
        C,
        "request-enum-value-added",
    ),
    shop(put("*NewOrder properties priority default", "low"), R, "request-default-changed"),
    shop(put("*NewOrder properties gift type", ["boolean", "null"]), C, "request-became-nullable"),
    shop(put("*NewOrder properties lines minItems", 2), B, "request-min-items-raised"),
    shop(put("*NewOrder properties lines maxItems", 10), B, "request-max-items-lowered"),
    shop(put("*NewOrder properties lines uniqueItems", new=True), B, "request-items-must-be-unique"),
    shop(put("*NewOrder dependentRequired", {"gift": ["note"]}), B, "request-dependency-added"),
    shop(put("*NewOrder minProperties", 3), B, "request-min-properties-raised"),
    shop(put("*NewOrder propertyNames", {"pattern": "^[a-z]+$"}), B, "request-property-names-narrowed"),
    shop(put("*NewOrder not", {"required": ["gift", "note"]}), B, "request-condition-added"),
    shop(
        both(put("*NewOrder if", {"required": ["gift"]}), put("*NewOrder then", {"required": ["note"]})),
        B,
        "request-condition-added",
    ),
    shop(put("*NewOrder properties gift readOnly", new=True), R, "request-became-read-only"),
    shop(put("*Line properties count type", "number"), B, "response-type-widened"),
    shop(put("*Line properties sku pattern", "^[A-Z]{3}-[0-9]{3}$"), B, "request-pattern-changed"),
    shop(put("*Line properties price multipleOf", 0.05), B, "request-multiple-of-narrowed"),
    shop(cut(f"{CREATE} requestBody"), B, "request-body-removed"),
    shop(
        put(f"{LIST} requestBody", {"required": True, "content": {"application/json": {}}}),
        B,
        "required-request-body-added",
    ),
    shop(
        put("paths /orders/{order_id}/files post requestBody required", new=True),
        B,
        "request-body-became-required",
    ),
    shop(
        put(f"{CREATE} requestBody content application/xml", {"schema": {"type": "object"}}),
        C,
        "request-media-type-added",
    ),
    shop(
        cut("paths /orders/{order_id}/files post requestBody content multipart/form-data"),
        B,
        "request-media-type-removed",
    ),
    shop(
        put(
            f"{FILES} requestBody content multipart/form-data encoding file contentType",
            "image/jpeg",
        ),
        R,
        "encoding-changed",
    ),
    # responses
    shop(cut(f"{CREATE} responses 201"), B, "success-status-removed"),
    shop(cut(f"{READ} responses 404"), R, "error-status-removed"),
    shop(put(f"{READ} responses 202", {"description": "Later."}), C, "success-status-added"),
    shop(put(f"{READ} responses 410", {"description": "Gone."}), C, "error-status-added"),
    shop(
        put(f"{LIST} responses 409", {"description": "In conflict.", "content": {"text/plain": {}}}),
        R,
        "status-no-longer-as-described",
    ),
    shop(cut(f"{PAGE} content text/csv"), B, "response-media-type-removed"),
    shop(put(f"{PAGE} content application/xml", {}), C, "response-media-type-added"),
    shop(cut(f"{PAGE} headers X-Total"), B, "required-header-removed"),
    shop(cut(f"{PAGE} headers Link"), R, "header-removed"),
    shop(cut(f"{PAGE} headers X-Total required"), B, "header-became-optional"),
    shop(put(f"{PAGE} headers X-Rate", {"schema": {"type": "integer"}}), C, "header-added"),
    shop(cut("*Order allOf 1 properties total"), R, "response-property-removed"),
    shop(
        both(cut("*Order allOf 1 properties id"), put("*Order allOf 1 required", ["state", "lines"])),
        B,
        "response-required-property-removed",
    ),
    shop(put("*Order allOf 1 required", ["id", "lines"]), B, "response-property-became-optional"),
    shop(
        put("*Order allOf 1 required", ["id", "state", "lines", "total"]),
        C,
        "response-property-became-required",
    ),
    shop(put("*Order allOf 1 properties shop", {"type": "string"}), C, "response-property-added"),
    shop(put("*Order allOf 1 properties total type", ["number", "null"]), B, "response-became-nullable"),
    shop(put("*Stamped properties updated_at type", "string"), C, "response-became-not-nullable"),
    shop(put("*Order allOf 1 properties total type", "string"), B, "response-type-changed"),
    shop(put("*Order allOf 1 properties total type", "integer"), C, "response-type-narrowed"),
    shop(put("*State enum", STATES["enum"]), B, "response-enum-value-added"),
    shop(
        put("*Order allOf 1 properties carrier enum", ["dhl", "ups", "gls"]),
        C,
        "response-open-enum-value-added",
    ),
    shop(cut("*Order allOf 1 properties tags uniqueItems"), B, "response-items-may-repeat"),
    shop(cut("*Order allOf 1 properties id format"), B, "response-format-removed"),
    shop(cut("*Stamped properties created_at format"), B, "response-format-removed"),
    shop(put("*Order allOf 1 properties total minimum", -10), B, "response-minimum-lowered"),
    shop(put(f"{PAGE} content application/json schema maxItems", 1000), B, "response-max-items-raised"),
    shop(put(f"{PAGE} content application/json schema maxItems", 10), C, "response-max-items-lowered"),
    shop(cut(f"{CREATE} responses 201 links read"), R, "link-removed"),
    shop(put("*Settings properties extra", {"type": "string"}), R, "response-property-added-to-closed"),
    shop(cut("*Settings additionalProperties"), R, "response-object-opened"),
    # alternatives
    shop(cut("*Payment oneOf 1"), B, "request-alternative-removed"),
    shop(
        put(
            "*Payment oneOf +",
            {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "cash"}}},
        ),
        B,
        "response-alternative-added",
    ),
    shop(put("*Card properties number maxLength", 16), B, "request-max-length-lowered"),
    # recursion, maps, tuples
    shop(put("*Category properties name maxLength", 30), B, "request-max-length-lowered"),
    shop(put("*Settings properties limits additionalProperties minimum", 1), B, "request-minimum-raised"),
    shop(put("*Settings properties labels maxProperties", 5), B, "request-max-properties-lowered"),
    shop(
        put("*Settings properties labels patternProperties ^x- maxLength", 9), B, "request-max-length-lowered"
    ),
    shop(put("*Settings properties pair prefixItems 1 type", "string"), B, "request-type-changed"),
    shop(put("*Settings properties level type", "integer"), B, "request-became-not-nullable"),
    # security and servers
    shop(put("paths /categories get security", [{"token": []}]), B, "security-added"),
    shop(put(f"{LIST} security", []), R, "security-removed"),
    shop(put(f"{CREATE} security", [{"oauth": ["orders:write", "orders:read"]}]), B, "security-scope-added"),
    shop(put(f"{CREATE} security", [{"oauth": []}]), R, "security-scope-removed"),
    shop(put(f"{READ} security", [{"token": []}]), B, "security-tightened"),
    shop(put(f"{LIST} security", [{"token": []}, {"oauth": []}]), R, "security-loosened"),
    shop(put("components securitySchemes token scheme", "basic"), B, "security-changed"),
    shop(
        put(
            "components securitySchemes oauth flows clientCredentials tokenUrl",
            "https://id.example.com/token",
        ),
        R,
        "security-scheme-url-changed",
    ),
    shop(put("servers", [{"url": "https://api.example.com/v2"}]), R, "server-changed"),
    shop(cut("servers 1"), R, "server-removed"),
    shop(put("servers +", {"url": "https://eu.example.com/v1"}), C, "server-added"),
    # the server calls
    shop(cut("webhooks stockLow"), B, "webhook-removed"),
    shop(put("*Alert properties left minimum", -1), B, "response-minimum-lowered"),
    shop(put("*Alert properties left maximum", 9), C, "response-maximum-lowered"),
    shop(cut(f"{CREATE} callbacks"), B, "callback-removed"),
    shop(put("*Shipment properties carrier enum", ["dhl", "ups", "gls"]), B, "response-enum-value-added"),
    shop(
        put(f"{CREATE} callbacks shipped", {"{$request.body#/hook}": NEW_CALLBACK}),
        B,
        "callback-removed",
    ),
    # statuses as ranges
    shop(
        put("paths /categories get responses", {"2XX": {"description": "The tree."}}),
        B,
        "response-media-type-removed",
    ),
    shop(both(put(f"{READ} responses 4XX", REFUSED), cut(f"{READ} responses 404")), C, "error-status-added"),
    shop(
        put("paths /categories put responses", {"default": {"description": "Any."}}),
        B,
        "success-status-removed",
    ),
    # still required, but no longer described
    shop(cut("*Problem properties title"), B, "response-required-property-removed"),
    shop(cut("*NewOrder properties lines"), R, "request-required-property-removed"),
    # places where a counterexample has to be composed
    shop(
        put("*NewOrder not", {"properties": {"note": {"const": "x"}}, "required": ["note"]}),
        B,
        "request-condition-added",
    ),
    shop(put("*NewOrder properties gift writeOnly", new=True), C, "request-became-write-only"),
    # the packaged document and the petstore
    reports(put(f"{EXPORT} parameters 0 schema", {"type": "string"}), C, "request-format-removed"),
    reports(put("components schemas ExportFormat enum", ["csv"]), B, "request-enum-value-removed"),
    reports(
        put("components schemas ExportFormat enum", ["csv", "json", "xlsx"]), B, "response-enum-value-added"
    ),
    reports(put("*ExportReportRequest properties format default", "json"), R, "request-default-changed"),
    reports(
        put("*ReportExport required", ["as_of", "content", "content_type", "filename"]),
        B,
        "response-property-became-optional",
    ),
    # under conditions (if/then), where only whole values show what an edit does
    reports(cut("*ReportExport required 0"), B, "response-property-became-optional"),
    reports(cut("*ReportExport required 2"), B, "response-property-became-optional"),
    reports(cut("*ReportExport required 3"), B, "response-property-became-optional"),
    reports(
        both(cut("*ReportExport required 0"), cut("*ReportExport properties as_of")),
        B,
        "response-required-property-removed",
    ),
    reports(put("*ReportExport properties as_of", {"type": "integer"}), B, "response-type-changed"),
    reports(put("*ReportExport properties as_of type", ["string", "null"]), B, "response-became-nullable"),
    reports(cut("*ReportExport properties as_of format"), B, "response-format-removed"),
    reports(
        put("*ReportExport properties freshness_lag_ms type", ["number", "null"]), B, "response-type-widened"
    ),
    reports(cut("*ReportExport allOf 0"), B, "response-condition-removed"),
    reports(cut("*AllowedAction required"), B, "response-property-became-optional"),
    reports(put("*ReportExport properties filename maxLength", 300), B, "response-max-length-raised"),
    reports(put("*ReportExport properties rows", {"type": "integer"}), C, "response-property-added"),
    reports(cut(f"{EXPORT} responses 200"), B, "success-status-removed"),
    reports(
        put("*ReportExport properties freshness_lag_ms type", "integer"), C, "response-became-not-nullable"
    ),
    reports(put("*ErrorResponse properties status maximum", 499), C, "response-maximum-lowered"),
    pets(put("*Pet required", ["name", "photoUrls", "status"]), B, "request-property-became-required"),
    pets(cut("*Pet properties tags"), R, "response-property-removed"),
    pets(cut("paths /pet/findByStatus"), B, "operation-removed"),
    pets(put("paths /pet/findByStatus get parameters 0 required", new=True), B, "parameter-became-required"),
    pets(put("*Order properties quantity minimum", 1), B, "request-minimum-raised"),
    pets(put("*Order properties quantity nullable", new=True), B, "response-became-nullable"),
    pets(put("*User properties username maxLength", 20), B, "request-max-length-lowered"),
]
