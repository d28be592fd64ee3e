"""Review packs: what is in ours, that nothing of ours is in the customer's, and that the files are what they say."""

import io
import re
import shutil
import subprocess
import sys
import types
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.db import models
from openpyxl import load_workbook
from pptx import Presentation

from accounts.models import Account, ShareField
from profitability.models import MonthResult, Result
from relationships import models as tables
from relationships.models import Contact, Counterpart, Forecast, Plan, Review, ReviewPoint
from relationships.packs import printed
from relationships.packs.blocks import Step, Waterfall
from relationships.packs.drawings import levels
from relationships.packs.slides.charts import stacked
from relationships.packs.workbook import in_words
from relationships.reviews import meeting
from tests.factories import a_portfolio
from tests.markup import page_of
from tests.relationships.reviewing import TODAY, a_plan, a_review, open_things

pytestmark = pytest.mark.django_db
URL = "/accounts/N1/plan/pack/"
SECRET_URL = "/accounts/SECRETAccountcode/plan/pack/"  # the code is for us too
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(f"{TODAY} 09:00Z", tick=False):
        yield


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def plan(portfolio):
    return a_plan(portfolio)


@pytest.fixture
def manager(portfolio, client):
    client.force_login(portfolio.user("manager"))
    return client


def parts_of(content: bytes) -> str:
    """Every part of an office file as text, files inside it too."""
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        for name in file.namelist():
            part = file.read(name)
            found.append(name)
            found.append(parts_of(part) if part[:2] == b"PK" else part.decode("utf-8", "replace"))
    return "\n".join(found)


def texts(content: bytes) -> str:
    """What the slides say."""
    shapes = [shape for slide in Presentation(io.BytesIO(content)).slides for shape in slide.shapes]
    said = [shape.text_frame.text for shape in shapes if shape.has_text_frame]
    said += [cell.text for shape in shapes if shape.has_table for row in shape.table.rows for cell in row.cells]
    return "\n".join(said)


# Secrets

SHARED = {  # columns of which the customer may get the words
    ("Plan", "purpose"), ("Contact", "name"), ("Contact", "title"), ("Contract", "name"), ("Need", "text"),
    ("ValueMetric", "text"), ("ValueMetric", "unit"), ("ValueMetric", "today"), ("ValueMetric", "target"),
    ("Objective", "text"), ("Objective", "unit"), ("Objective", "baseline"), ("Objective", "target"),
    ("Action", "text"), ("ReviewPoint", "text"), ("ObjectiveReading", "value"), ("Account", "name"),
}  # fmt: skip
CODED = {"measure", "kind", "direction", "state", "visibility", "box", "source", "key", "template", "stage", "section"}


def internal_columns(model) -> list[models.Field]:
    """Texts and amounts that the customer has no business with."""
    wanted = (models.CharField, models.TextField, models.BigIntegerField)
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, wanted)
        and not field.is_relation
        and not field.primary_key
        and not field.choices
        and field.name not in CODED
        and (model.__name__, field.name) not in SHARED
    ]


class Plant:
    """Puts a word or an amount that is found nowhere else into every internal column of a row."""

    def __init__(self):
        self.words: list[str] = []
        self.amounts: list[int] = []

    def into(self, row) -> None:
        for field in internal_columns(type(row)):
            setattr(row, field.name, self.value(type(row).__name__, field))
        row.save()

    def value(self, model: str, field):
        if isinstance(field, models.BigIntegerField):
            if isinstance(field, ShareField):
                return Decimal("0.713579")
            amount = 7_310_000 + 137 * len(self.amounts)
            self.amounts.append(amount)
            return Decimal(amount)
        if isinstance(field, models.URLField):
            word = f"https://secret.example/{model}-{field.name}"
        elif isinstance(field, models.EmailField):
            word = f"secret-{model}-{field.name}@secret.example".lower()
        else:
            word = f"SECRET{model}{field.name}"[: field.max_length or 200]
        self.words.append(word)
        return word


def secrets_everywhere(portfolio, plan: Plan) -> Plant:
    """One row of each table of a plan and its account, full of secrets."""
    plant, account, user = Plant(), plan.account, portfolio.user("manager")
    contact = Contact.objects.create(
        account=account, name="Dana Buyer", title="Head of purchasing", support=2, influence=9, buying_role="decider"
    )
    Counterpart.objects.create(contact=contact, user=user)
    plant.into(contact)
    plant.into(Account.objects.get(pk=account.pk))
    plant.into(Forecast(account=account, stated_on=TODAY, stated_by=user, horizon_on=date(2029, 12, 31),
                        relationship_strength=Decimal("7.31"), net_revenue=Decimal(1)))  # fmt: skip
    entries = {
        tables.Objective: {"text": "Fewer claims", "until_on": TODAY, "owner": user},
        tables.SwotPoint: {"kind": "threat"},
        tables.Competitor: {},
        tables.Shortcoming: {},
        tables.Investment: {"from_on": TODAY, "until_on": date(2027, 1, 1)},
        tables.Benefit: {},
        tables.Risk: {"likelihood": 5, "impact": 5},
        tables.PlanLink: {},
        tables.ValueMetric: {"text": "Days to deliver", "unit": "days", "today": 3, "target": 2},
    }
    for model, fields in entries.items():
        plant.into(model(plan=plan, **fields))
    for kind in ("unknown", "competitor", "personal"):
        tables.Need.objects.create(plan=plan, kind=kind, text=f"SECRETneed{kind}")
        plant.words.append(f"SECRETneed{kind}")
    profit = {"measure": "contribution", "baseline": Decimal(7_777_111), "target": Decimal(7_777_333)}
    tables.Objective.objects.create(plan=plan, text="SECRETprofitobjective", **profit)
    wallet = {"measure": "share_of_wallet", "target": Decimal("0.9191")}
    tables.Objective.objects.create(plan=plan, text="SECRETwalletobjective", **wallet)
    own = {"account": account, "plan": plan, "owner": user, "created_by": user, "due_on": TODAY}
    tables.Action.objects.create(text="SECRETaction of ours", **own)
    tables.Action.objects.create(text="Share the forecast", customer_owner=contact, **own)
    common = {"said_at": "2026-03-01T00:00Z", "said_by": user}
    tables.PlanComment.objects.create(plan=plan, text="SECRETcomment", **common)
    signal = {"since_on": TODAY, "seen_on": TODAY, "facts": {"text": "SECRETsignal"}, "weight": 7_777_555}
    tables.Signal.objects.create(kind="no_plan", account=account, key="SECRETkey", **signal)
    plant.into(tables.Complaint(account=account, received_on=TODAY, logged_by=user))
    plant.into(tables.Contract(account=account, name="Supply", from_on=TODAY, created_by=user))
    plant.into(tables.Touchpoint(account=account, held_on=TODAY, logged_by=user))
    plant.into(tables.Advocacy(account=account, happened_on=TODAY, noted_by=user))
    plant.words += ["SECRETprofitobjective", "SECRETwalletobjective", "SECRETaction", "SECRETcomment", "SECRETsignal"]
    plant.amounts += [7_777_111, 7_777_333, 7_777_555]
    figures(portfolio, account, plant)
    return plant


KNOWN = {"net_revenue", "return_amount", "orders", "account", "id", "run", "attempt", "list_amount", "discount_amount"}


def figures(portfolio, account, plant: Plant) -> None:
    """Amounts of the run that the customer does not know, and its position."""
    changes = {}
    for field in Result._meta.concrete_fields:
        if isinstance(field, models.BigIntegerField) and field.name not in KNOWN and not field.is_relation:
            amount = Decimal("0.813579") if "share" in field.name or field.name == "growth" else Decimal(
                8_410_000 + 149 * len(changes))  # fmt: skip
            plant.amounts += [int(amount)] if amount > 1 else []
            changes[field.name] = amount
    Result.objects.filter(account=account).update(**changes)
    of_months = {"cost_amount": 851_001, "gross_margin": 851_003, "cost_to_serve": 851_007, "contribution": 851_009}
    MonthResult.objects.filter(account=account).update(**of_months)
    plant.amounts += of_months.values()
    tables.Position.objects.filter(account=account).update(
        attractiveness=Decimal("6.731"), relationship_strength=Decimal("7.351"), stage="interdependent"
    )


def a_secret_review(portfolio, plan: Plan, plant: Plant) -> Review:
    """Held on those figures, with points of both sorts."""
    review = a_review(plan)
    meeting.hold(review, portfolio.run, TODAY, review.revision)
    for kind in ReviewPoint.Kind.values:
        ReviewPoint.objects.create(review=review, kind=kind, text=f"Shared {kind}", note=f"SECRETnote{kind}")
        ReviewPoint.objects.create(review=review, kind=kind, text=f"SECRETinternal{kind}", is_internal=True)
        ReviewPoint.objects.create(review=review, kind=kind, text=f"SECRETprofit{kind}", tells_profit=True)
    Review.objects.filter(pk=review.pk).update(summary="SECRETsummary")
    plant.words += ["SECRETnote", "SECRETinternal", "SECRETprofitagenda", "SECRETsummary"]
    return review


def writings(amount: int) -> set[str]:
    """An amount as it may be written: whole, grouped, compact, in minor units, in ten-thousandths."""
    return {str(amount), f"{amount:,}", f"{amount / 1_000_000:.3f}", str(amount * 100), str(amount * 10_000)}


INTERNAL_WORDS = (
    "SECRET", "secret.example", "Strategic", "strategic", "Streamline", "Interdependent", "interdependent",
    "Gross margin", "Contribution", "contribution", "Cost to serve", "Attractiveness", "Decides", "wallet", "6.73",
    "7.35", "81.4", "71.4", "Confidential", "confidential",
)  # fmt: skip


def assert_holds_no_secret(text: str, plant: Plant) -> None:
    assert len(plant.words) > 40 and len(plant.amounts) > 25
    for word in (*INTERNAL_WORDS, *plant.words):
        assert word not in text, word
    for amount in plant.amounts:
        for written in writings(amount):
            assert written not in text, written


ALL_CHOSEN = "&chosen=1" + "".join(
    f"&part={part}"
    for part in (
        "review",
        "purpose",
        "purchases",
        "objectives",
        "actions",
        "timeline",
        "needs",
        "value",
        "people",
        "contracts",
    )
)


def everything(plan: Plan) -> str:
    """A query that picks all there is, also what may not be picked."""
    objectives = "".join(f"&line=objective:{row.pk}" for row in tables.Objective.objects.filter(plan=plan))
    joint = "".join(f"&line=action:{row.pk}" for row in tables.Action.objects.filter(customer_owner__isnull=False))
    return ALL_CHOSEN + objectives + joint


@pytest.mark.parametrize("chosen", ["usual", "everything"])
def test_nothing_internal_is_in_what_the_customer_gets(portfolio, plan, manager, chosen):
    plant = secrets_everywhere(portfolio, plan)
    review = a_secret_review(portfolio, plan, plant)
    query = f"?for=customer&review={review.pk}" + (everything(plan) if chosen == "everything" else "")

    for ending in ("pptx", "xlsx"):
        file = manager.get(f"{SECRET_URL}{query}&format={ending}")
        assert "Shared agenda" in parts_of(file.content)
        assert_holds_no_secret(parts_of(file.content), plant)
        assert "SECRET" not in file["Content-Disposition"]
    pack = page_of(manager.get(SECRET_URL + query)).one("article")
    assert "Shared decision" in pack.text and "Dana Buyer" in pack.text
    assert_holds_no_secret(everything_of(pack), plant)


def everything_of(element) -> str:
    """Texts and attributes of a part of a page."""
    own = " ".join(str(value) for value in element.attributes.values())
    return own + " ".join(each if isinstance(each, str) else everything_of(each) for each in element.content)


@pytest.mark.servers
def test_nothing_internal_is_in_the_pdf_either(portfolio, plan, manager, settings, tmp_path):
    settings.PDF_CHROMIUM = CHROMIUM
    plant = secrets_everywhere(portfolio, plan)
    review = a_secret_review(portfolio, plan, plant)

    file = manager.get(f"{SECRET_URL}?for=customer&review={review.pk}&format=pdf")

    made = tmp_path / "pack.pdf"
    made.write_bytes(file.content)
    text = subprocess.run(["pdftotext", "-layout", made, "-"], check=True, capture_output=True, text=True).stdout
    about = subprocess.run(["pdfinfo", made], check=True, capture_output=True, text=True).stdout
    assert "Shared agenda" in text and "For Account N1" in text
    assert_holds_no_secret(text + about, plant)
    for internal in ("SECRETsummary", "Confidential"):
        own = manager.get(f"{SECRET_URL}?review={review.pk}&format=pdf").content
        made.write_bytes(own)
        assert internal in subprocess.run(["pdftotext", made, "-"], check=True, capture_output=True, text=True).stdout


def test_the_same_secrets_are_in_our_own_pack(portfolio, plan, manager):
    plant = secrets_everywhere(portfolio, plan)
    review = a_secret_review(portfolio, plan, plant)

    text = parts_of(manager.get(f"{SECRET_URL}?review={review.pk}&format=xlsx").content)

    for word in (
        "SECRETsummary",
        "SECRETnoteagenda",
        "SECRETInvestmenttext",
        "SECRETRiskanswer",
        "SECRETCompetitormove",
    ):
        assert word in text


def test_a_review_of_the_team_is_nothing_for_the_customer(portfolio, plan, manager):
    review = a_review(plan, kind="team")
    ReviewPoint.objects.create(review=review, text="How we argue")

    text = parts_of(manager.get(f"{URL}?for=customer&review={review.pk}&format=pptx").content)

    assert "How we argue" not in text


def test_what_is_not_picked_stays_out(portfolio, plan, manager):
    made = open_things(portfolio, plan)

    without = parts_of(manager.get(f"{URL}?for=customer&chosen=1&part=actions&format=pptx").content)
    with_it = parts_of(
        manager.get(f"{URL}?for=customer&chosen=1&part=actions&line=action:{made['joint'].pk}&format=pptx").content
    )

    assert "Share the forecast" not in without
    assert "Share the forecast" in with_it


def test_the_customer_reads_of_no_run_and_each_name_once(portfolio, plan, manager):
    open_things(portfolio, plan)
    lead = portfolio.user("lead")
    plan.people.add(lead)

    slides = texts(manager.get(f"{URL}?for=customer&format=pptx").content)
    book = load_workbook(io.BytesIO(manager.get(f"{URL}?for=customer&format=xlsx").content))

    assert not re.search(r"\bRun \d|window", slides)
    assert "as of 28 Feb 2026" in slides
    assert "For Account N1 · Account N1" not in slides and "For Account N1" in slides
    assert "What we do about it" in book.sheetnames
    people = [[cell.value for cell in row] for row in book["Who is who"].iter_rows(min_row=4)]
    assert [row for row in people if row[0] == "Dana Buyer"]
    assert not [row for row in people if row[0] is None and any(row)]
    assert str(lead) in str(people)


def test_what_we_want_to_sell_is_offered_but_not_picked_for_the_customer(portfolio, plan, manager):
    tables.Objective.objects.create(plan=plan, text="Sell a fifth more", measure="net_revenue", target=Decimal(345_700))
    tables.Objective.objects.create(plan=plan, text="Fewer returns", measure="return_share", target=Decimal("0.01"))

    page = page_of(manager.get(f"{URL}?for=customer"))
    text = texts(manager.get(f"{URL}?for=customer&format=pptx").content)

    assert "Sell a fifth more" in page.text
    assert "Fewer returns" in text and "Sell a fifth more" not in text


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("What we want to reach together", "What we want to reach together"),
        ("Permanent Finish Products earns 65,143", "Permanent Finish Products earns"),
        ("Strengths, weaknesses and competitors", "Strengths, weaknesses and"),
        ("a" * 40, "a" * 31),
    ],
)
def test_names_of_sheets_end_with_a_whole_word(name, kept):
    assert in_words(name, 31) == kept


# Ours


def test_the_sheet_of_a_finding_is_named_by_its_subject(portfolio, plan, manager):
    book = load_workbook(io.BytesIO(manager.get(f"{URL}?format=xlsx").content))

    assert "Figures" in book.sheetnames
    assert "Account N1" in book["Figures"]["A1"].value


def test_members_get_a_pack_without_money_below_gross_margin(portfolio, plan, client):
    open_things(portfolio, plan)
    tables.Investment.objects.create(plan=plan, text="Engineer", expected_cost=Decimal(7_310_137))
    client.force_login(portfolio.user("member"))

    for ending in ("xlsx", "pptx"):
        text = parts_of(client.get(f"{URL}?format={ending}").content)
        assert "Net revenue" in text and "Gross margin" in text
        for hidden in ("Contribution", "Cost to serve", "Attractiveness", "7310137", "7,310,137", "Engineer"):
            assert hidden not in text, hidden


def test_the_pack_of_a_review_that_was_held_shows_its_own_figures(portfolio, plan, manager):
    review = a_review(plan)
    meeting.hold(review, portfolio.earlier, TODAY, review.revision)
    changed = Review.objects.get().figures
    changed["amounts"]["net_revenue"] = "123456.78"
    Review.objects.update(figures=changed)

    book = load_workbook(io.BytesIO(manager.get(f"{URL}?review={review.pk}&format=xlsx").content))

    values = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    assert 123456.78 in values
    assert any(f"Run {portfolio.earlier.pk}" in str(value) for value in values)


def test_a_pack_at_an_earlier_run_says_so(portfolio, plan, manager):
    text = texts(manager.get(f"{URL}?run={portfolio.earlier.pk}&format=pptx").content)

    assert f"Run {portfolio.earlier.pk}" in text and "window Jan 2026–Feb 2026" in text
    assert "as of 28 Feb 2026" in text and "Confidential" in text
    assert manager.get(f"{URL}?run=999999").status_code == 404


def test_numbers_in_the_workbook_are_numbers_and_texts_never_formulas(portfolio, plan, manager):
    tables.Risk.objects.create(plan=plan, text='=HYPERLINK("http://evil.example","x")', answer="+1+1", likelihood=4)

    book = load_workbook(io.BytesIO(manager.get(f"{URL}?format=xlsx").content))

    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    [risk] = [cell for cell in cells if str(cell.value).startswith("=HYPERLINK")]
    assert risk.quotePrefix
    statement = book["Profit and loss"]
    assert [row[1].value for row in statement.iter_rows(min_row=5) if row[0].value == "Contribution"] == [80000]
    assert "Definitions" in book.sheetnames


def test_names_in_the_data_of_charts_are_no_formulas(portfolio, plan, manager):
    Account.objects.filter(code="N1").update(name='=cmd|"/c calc"!A1')

    content = manager.get(f"{URL}?format=pptx").content

    with zipfile.ZipFile(io.BytesIO(content)) as file:
        books = [load_workbook(io.BytesIO(file.read(name))) for name in file.namelist() if name.endswith(".xlsx")]
    assert len(books) == 3  # waterfall, months, matrix
    assert not [cell for book in books for row in book.active.iter_rows() for cell in row if cell.data_type == "f"]


def test_charts_on_slides_are_native_and_can_be_edited(portfolio, plan, manager):
    open_things(portfolio, plan)

    shown = Presentation(io.BytesIO(manager.get(f"{URL}?format=pptx").content))

    charts = [shape.chart for slide in shown.slides for shape in slide.shapes if shape.has_chart]
    kinds = [str(chart.chart_type).split(" ")[0] for chart in charts]
    assert kinds == ["COLUMN_STACKED", "LINE", "BUBBLE"]
    waterfall = dict(zip((each.name for each in charts[0].plots[0].series), charts[0].plots[0].series, strict=True))
    assert list(waterfall["Total"].values)[-1] == 80000
    assert shown.core_properties.author == "" and "Account N1" in shown.core_properties.title


def test_everything_stands_on_its_slide(portfolio, plan, manager):
    open_things(portfolio, plan)
    for number in range(60):
        tables.Risk.objects.create(plan=plan, text=f"Risk {number} " + "that is told at length " * 6, answer="Watch it")

    shown = Presentation(io.BytesIO(manager.get(f"{URL}?format=pptx").content))

    for slide in shown.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= shown.slide_width, shape.name
            assert shape.top >= 0 and shape.top + shape.height <= shown.slide_height, (
                slide.shapes.title.text,
                shape.name,
            )
    assert len([slide for slide in shown.slides if slide.shapes.title.text.startswith("Risks")]) > 3


def test_a_waterfall_crosses_zero():
    steps = [Step("Margin", Decimal(100), True), Step("Service", Decimal(150)), Step("Left", Decimal(-50), True)]
    chart = Waterfall("", steps)

    assert levels(chart) == [(0, 100), (100, -50), (0, -50)]
    assert stacked(chart) == {
        "Base": [None, None, None],
        "Total": [100.0, None, None],
        "Taken off": [None, 100.0, None],
        "Taken off below zero": [None, -50.0, None],
        "Loss": [None, None, -50.0],
    }


def test_charts_of_the_page_are_complete_without_scripts(portfolio, plan, manager):
    page = page_of(manager.get(URL))

    pictures = page.one("article").all("svg")
    assert {each.attributes["aria-label"] for each in pictures} >= {"From list sales to contribution", "Month by month"}
    assert not re.search(r"<svg[^>]*pack-chart[^>]*style=", manager.get(URL).content.decode())


def test_a_plan_without_a_run_has_a_pack(client, db):
    made = a_portfolio()
    tables.Position.objects.all().delete()
    from profitability.models import Publication

    Publication.objects.all().delete()
    a_plan(made)
    client.force_login(made.user("manager"))

    for ending in ("", "&format=pptx", "&format=xlsx", "&for=customer", "&for=customer&format=pptx"):
        assert client.get(f"{URL}?x=1{ending}").status_code == 200


# PDF made here


def test_without_a_renderer_the_page_says_what_to_do(portfolio, plan, manager, monkeypatch):
    monkeypatch.setattr(printed, "find_spec", lambda name: None)

    answer = manager.get(f"{URL}?format=pdf", follow=True)

    assert answer.redirect_chain[0][1] == 302
    assert "This server makes no PDFs" in page_of(answer).text
    assert "Print or save as PDF" in page_of(answer).text
    assert not [link for link in page_of(answer).all("a") if link.attributes.get("href", "").endswith("format=pdf")]


def weasyprint(monkeypatch, write_pdf) -> dict:
    """A stand-in with the interface of WeasyPrint 70; what it was given."""
    given: dict = {}

    class HTML:
        def __init__(self, string, url_fetcher):
            given.update(html=string, fetcher=url_fetcher)

        def write_pdf(self, **options):
            given.update(options)
            return write_pdf()

    urls = types.SimpleNamespace(URLFetcher=object)
    monkeypatch.setitem(sys.modules, "weasyprint", types.SimpleNamespace(HTML=HTML, urls=urls))
    monkeypatch.setitem(sys.modules, "weasyprint.urls", urls)
    monkeypatch.setattr(printed, "find_spec", lambda name: name)
    return given


def test_weasyprint_makes_a_tagged_pdf_and_fetches_nothing(portfolio, plan, manager, monkeypatch):
    given = weasyprint(monkeypatch, lambda: b"%PDF")

    assert manager.get(f"{URL}?format=pdf").content == b"%PDF"

    assert given["pdf_tags"] and "Account N1" in given["html"]
    with pytest.raises(ValueError, match="passwd"):
        given["fetcher"].fetch("file:///etc/passwd")


def test_weasyprint_without_its_libraries_is_as_good_as_none(portfolio, plan, manager, monkeypatch):
    monkeypatch.setattr(printed, "find_spec", lambda name: name)
    monkeypatch.setitem(sys.modules, "weasyprint", LacksPango("weasyprint"))

    assert "This server makes no PDFs" in page_of(manager.get(f"{URL}?format=pdf", follow=True)).text


class LacksPango(types.ModuleType):
    def __getattr__(self, name):
        raise OSError("cannot load library 'libpango-1.0-0'")


@pytest.mark.parametrize("text", ['a"; } body { display: none', "</style><script>", "a\\\nb", "Totes & Baskets · “x”"])
def test_a_name_at_the_foot_of_a_pdf_cannot_leave_its_quotes(text):
    written = printed.css_string(text)

    assert not set(written) & set('"\n<>&;{}')
    assert re.sub(r"\\([0-9a-f]+) ", lambda found: chr(int(found[1], 16)), written) == text


def test_pages_of_a_pdf_say_whose_they_are_and_their_number(portfolio, plan, manager, monkeypatch):
    taken = []
    monkeypatch.setattr(printed, "renderer", lambda: lambda html: taken.append(html) or b"%PDF")

    manager.get(f"{URL}?format=pdf")

    assert 'content: "Confidential \\b7  Account N1"' in taken[0]
    assert "counter(page)" in taken[0]


def test_a_renderer_that_fails_is_told(portfolio, plan, manager, settings, tmp_path):
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    settings.PDF_CHROMIUM = str(broken)

    assert "The PDF could not be made" in page_of(manager.get(f"{URL}?format=pdf", follow=True)).text


def test_the_document_for_the_pdf_needs_nothing_else(portfolio, plan, manager, settings, monkeypatch):
    taken = []
    monkeypatch.setattr(printed, "renderer", lambda: lambda html: taken.append(html) or b"%PDF")

    assert manager.get(f"{URL}?format=pdf&paper=letter").content == b"%PDF"

    assert "size: letter" in taken[0]
    assert not re.search(r"(?:src|href)=|url\(|<script", taken[0])
    assert manager.get(f"{URL}?format=pdf&paper=a0").status_code == 404


def test_styles_of_the_pack_stand_alone():
    assert "@import" not in Path(settings.BASE_DIR, "static/css/pack.css").read_text()
