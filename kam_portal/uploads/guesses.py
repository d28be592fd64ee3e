"""Which column of a file is probably which of ours, and of which kind the file is. Shown, never silently used."""

import re
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.conf import settings

from accounts.tables import Mapping, Schema
from kam_portal.imports import Rules

from .kinds import SCHEMAS

MAPS = Path(settings.BASE_DIR, "profitability", "maps")
CUSTOMER = (
    "customerid customerno customernumber customercode customer accountid accountno accountnumber account clientid"
)
PRODUCT = "productid productno productnumber productkey sku stockcode articleno article itemno item material"
SYNONYMS: dict[str, dict[str, str]] = {  # our column: how others name it, without blanks and marks
    "order_lines": {
        "order_id": "invoice invoiceno invoicenumber orderno ordernumber order salesordernumber documentno document",
        "line_no": "line linenumber lineid position pos orderline salesorderlinenumber",
        "ordered_on": "orderdate invoicedate date documentdate postingdate",
        "account_code": f"{CUSTOMER} resellerkey debtor",
        "product_code": PRODUCT,
        "product_name": "description productdescription itemdescription articlename itemname",
        "category": "productcategory productgroup productline categoryname",
        "quantity": "qty orderquantity orderqty units pieces",
        "unit_price": "price listprice priceperunit",
        "list_amount": "grossamount gross listvalue",
        "discount_amount": "discount rebate",
        "discount_share": "discountpct discountpercent unitpricediscountpct",
        "net_amount": "net netvalue netsales salesamount sales amount revenue turnover linetotal",
        "cost_amount": "cost costofgoods cogs totalproductcost totalcost",
        "freight_amount": "freight freightcost shippingcost",
        "due_on": "duedate requireddate promiseddate",
        "shipped_on": "shipdate shippeddate deliverydate despatchdate dispatchdate",
        "express": "isexpress rush",
        "is_return": "return returned",
        "account_name": "customername accountname company companyname",
        "account_country": "customercountry country",
    },
    "accounts": {
        "code": f"{CUSTOMER} accountcode resellerkey",
        "name": "customername accountname company companyname resellername",
        "parent_code": "parent parentid group groupcode",
        "segment": "customersegment businesstype",
        "industry": "sector branch",
        "country": "countryname countryregion",
        "region": "state stateprovince province",
        "city": "town",
        "opened_on": "since customersince opened",
        "team_code": "team",
        "manager_email": "manager accountmanager keyaccountmanager owner",
        "sponsor_email": "sponsor executivesponsor",
        "annual_potential": "potential",
    },
    "products": {
        "code": PRODUCT,
        "name": "productname description productdescription",
        "category": "productcategory productgroup categoryname",
    },
    "activity_events": {
        "event_id": "id eventno ticketid ticket activityid callid visitid",
        "account_code": CUSTOMER,
        "event_type": "type activity activitytype",
        "occurred_on": "date eventdate day",
        "quantity": "qty count",
        "minutes": "duration durationminutes",
    },
    "resource_costs": {
        "pool_code": "pool costcentre costcenter department",
        "month": "period",
        "amount": "cost costs value",
        "practical_minutes": "capacity minutes capacityminutes",
    },
    "ratings": {
        "account_code": CUSTOMER,
        "criterion": "criterioncode",
        "score": "rating value",
        "rater_email": "rater ratedby",
        "rated_on": "date",
        "evidence": "comment reason",
        "link": "url evidencelink",
    },
    "category_potentials": {
        "account_code": CUSTOMER,
        "category": "productcategory productgroup",
        "annual_spend": "spend wallet potential annualpotential",
        "competitor": "supplier mainsupplier",
        "source": "statedby",
        "stated_on": "date asof",
    },
    "contacts": {
        "account_code": CUSTOMER,
        "name": "contact contactname fullname person",
        "email": "mail emailaddress",
        "title": "jobtitle position",
        "function": "department",
        "buying_role": "role",
        "reports_to": "manager boss",
        "counterpart_email": "counterpart owner",
    },
    "touchpoints": {
        "key": "id activityid meetingid",
        "account_code": CUSTOMER,
        "kind": "type activitytype",
        "held_on": "date activitydate startdate",
        "minutes": "duration durationminutes",
        "subject": "title",
        "note": "notes description comment",
        "contact_emails": "contacts attendees",
        "our_emails": "owner owneremail",
    },
    "account_criteria": {"account_code": CUSTOMER, "criterion": "criterioncode"},
    "teams": {"code": "teamcode team", "name": "teamname"},
    "users": {"email": "mail login", "name": "fullname", "team_code": "team"},
}


DECIMAL_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+),(\d{1,2}|\d{4,})", re.ASCII)  # “1,250” may be thousands
DECIMAL_POINT = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)\.(\d{1,2}|\d{4,})|[+-]?\d{1,3}(,\d{3})+\.\d+", re.ASCII)


@dataclass(frozen=True)
class Guess:
    """A kind ("" when nothing fits), rules of a map, and where they come from: before, map or names."""

    kind: str
    rules: Rules = field(default_factory=dict)
    source: str = ""
    name: str = ""


def plain(name: str) -> str:
    """A name without what people write differently: case, blanks, marks."""
    return re.sub(r"[\W_]", "", name.lower())


def columns_by_name(headers: Sequence[str], schema: Schema) -> dict[str, str]:
    """Ours: theirs. The same name first, then nearly the same, then what others usually call it."""
    found = {header: header for header in headers if schema.column(header)}
    known = SYNONYMS.get(schema.kind, {})
    for words in ({name: plain(name) for name in schema.by_name}, known):
        for ours, names in words.items():
            free = [header for header in headers if header and header not in found.values()]
            theirs = next((each for word in names.split() for each in free if plain(each) == word), None)
            if theirs and ours not in found:
                found[ours] = theirs
    return found


def rules_by_name(headers: Sequence[str], schema: Schema) -> Rules:
    """Rules of a map from the names alone; order lines without a number are numbered as they come."""
    columns = columns_by_name(headers, schema)
    share = columns.pop("discount_share", "")
    rules: Rules = {"columns": columns}
    if share and {"unit_price", "quantity"} <= set(columns):
        rules["discount_share"] = share
    if schema.kind == "order_lines" and "line_no" not in columns:
        rules["line_no"] = "sequence"
    return rules


def missing(rules: Rules, schema: Schema) -> list[str]:
    """Required columns that neither the file nor a rule fills."""
    filled = {*rules.get("columns", {}), *rules.get("defaults", {}), *(["line_no"] if rules.get("line_no") else [])}
    return [column.name for column in schema.columns if column.required and column.name not in filled]


def has_decimal_comma(texts: Sequence[str]) -> bool:
    """Whether these numbers of a file can only be read with a decimal comma."""
    return any(map(DECIMAL_COMMA.fullmatch, texts)) and not any(map(DECIMAL_POINT.fullmatch, texts))


@cache
def ready_maps() -> Dict[str, Mapping]:
    """The maps that come with the product, by name."""
    return {path.stem: Mapping.load(path) for path in sorted(MAPS.glob("*.yaml"))}


def fitting_maps(headers: Sequence[str], kind: str = "") -> list[str]:
    """Ready-made maps all of whose columns the file has; what matches most of them first."""
    fitting = [
        (-len(mapping.columns), name)
        for name, mapping in ready_maps().items()
        if kind in ("", mapping.kind) and needed_headers(mapping) <= set(headers)
    ]
    return [name for _size, name in sorted(fitting)]


def needed_headers(mapping: Mapping) -> set[str]:
    return {*mapping.columns.values(), *([mapping.discount_share] if mapping.discount_share else [])}


def guess(headers: Sequence[str], kind: str, kinds: Sequence[str], before: Guess | None) -> Guess:
    """The best guess: what such a file was taken for before, a ready-made map, or the names of its columns."""
    if before:
        return before
    for name in fitting_maps(headers, kind):
        mapping = ready_maps()[name]
        if mapping.kind in kinds:
            return Guess(mapping.kind, rules_of(mapping), "map", name)
    kind = kind or kind_by_columns(headers, kinds)
    return Guess(kind, rules_by_name(headers, SCHEMAS[kind]), "names") if kind in SCHEMAS else Guess(kind)


def kind_by_columns(headers: Sequence[str], kinds: Sequence[str]) -> str:
    """The kind that has all it needs and takes the most columns; "" if there is none, or two."""
    takes = {}
    for kind in kinds:
        if kind in SCHEMAS:
            rules = rules_by_name(headers, SCHEMAS[kind])
            if not missing(rules, SCHEMAS[kind]):
                takes[kind] = len(rules["columns"])
    most = max(takes.values(), default=0)
    best = [kind for kind, count in takes.items() if count == most]
    return best[0] if len(best) == 1 else ""


def rules_of(mapping: Mapping) -> Rules:
    """A map as the rules that an import keeps."""
    left_out = {"file", "kind", "encoding", "decimal"}
    return {rule: value for rule, value in vars(mapping).items() if value and rule not in left_out}
