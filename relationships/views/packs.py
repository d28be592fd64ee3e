"""The review pack of a plan: a page laid out for paper, and as slides, workbook and PDF; ours or the customer’s."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, needs
from accounts.tables.letters import shortened
from profitability.runline import run_asked, run_of, show_run
from relationships.models import Plan, Review
from relationships.packs import customer, for_customer, internal, printed
from relationships.packs.blocks import Deck
from relationships.packs.drawing import drawn
from relationships.packs.reader import Asked, asked
from relationships.packs.slides import slides
from relationships.packs.workbook import workbook

CUSTOMER_PARTS = (
    customer.REVIEW, customer.PURPOSE, customer.PURCHASES, customer.OBJECTIVES, customer.ACTIONS, customer.TIMELINE,
    customer.NEEDS, customer.VALUE, customer.PEOPLE, customer.CONTRACTS,
)  # fmt: skip
FOOT = (4.0, 7.5)  # inches and points: what stands at the foot of each page of a PDF
FILES = {
    "pptx": (slides, "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    "xlsx": (workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def plan_pack(request, code):
    """The pack as a page, or as a file (?format=pptx); ?for=customer is what the customer may get."""
    seen = asked_for(request, code)
    is_customer = request.GET.get("for") == "customer"
    deck, choice = customers_deck(request, seen) if is_customer else own_deck(request, seen)
    ending = request.GET.get("format", "")
    if ending in FILES:
        write, kind = FILES[ending]
        return file_of(deck, write(deck), ending, kind)
    if ending == "pdf":
        return pdf_of(request, deck)
    return page(request, seen, deck, choice)


def asked_for(request, code: str) -> Asked:
    """The plan at the run in the address, or as the review named there looked at it."""
    plans = Plan.objects.visible_to(request.user).select_related(
        "account__manager", "account__sponsor", "account__team"
    )
    plan = get_object_or_404(plans, account__code=code)
    review = review_of(request, plan)
    if review and review.state == Review.State.HELD:
        run = show_run(request, review.run) if review.run else None
    else:
        run = run_asked(request)
    return asked(request.user, plan, run, timezone.localdate(), review)


def review_of(request, plan: Plan) -> Review | None:
    text = request.GET.get("review", "")
    if not text:
        return None
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
    return get_object_or_404(Review.objects.filter(plan=plan).select_related("run"), pk=number)


def own_deck(request, seen: Asked) -> tuple[Deck, dict]:
    """Ours, with the parts that are wanted."""
    parts = internal.parts_of(seen)
    wanted = set(request.GET.getlist("part")) if "chosen" in request.GET else set(parts)
    deck = internal.deck(seen, wanted)
    return deck, {"parts": [(code, label, code in wanted) for code, label in parts.items()], "lines": []}


def customers_deck(request, seen: Asked) -> tuple[Deck, dict]:
    """The customer's, of its own document."""
    choice = customer.usual(seen)
    if "chosen" in request.GET:
        choice = customer.picked(seen, request.GET.getlist("part"), request.GET.getlist("line"))
    deck = for_customer.deck(customer.gather(seen, choice))
    parts = [(code, for_customer.PARTS[code], code in choice.parts) for code in CUSTOMER_PARTS]
    lines = [(line, line.key in choice.lines) for line in customer.lines_of(seen)]
    return deck, {"parts": [each for each in parts if each[0] != customer.REVIEW or seen.review], "lines": lines}


def page(request, seen: Asked, deck: Deck, choice: dict):
    query = request.GET.copy()
    query.pop("format", None)
    context = {
        "account": seen.plan.account,
        "plan": seen.plan,
        "review": seen.review,
        "deck": deck,
        "drawn": drawn(deck),
        "choice": choice,
        "query": query.urlencode(),
        "is_customer": deck.is_for_customer,
        "older": seen.run if seen.run != run_of(request) and not seen.review else None,
        "makes_pdf": printed.renderer() is not None,
    }
    return render(request, "relationships/pack/page.html", context)


# As files


def name_of(deck: Deck, ending: str) -> str:
    """Whose, for whom, which run and day."""
    whose = "for-customer" if deck.is_for_customer else "confidential"
    parts = [slugify(deck.title), slugify(deck.account)[:60], whose, slugify(deck.run), f"{deck.made_on:%Y-%m-%d}"]
    return "-".join(part for part in parts if part) + f".{ending}"


def file_of(deck: Deck, content: bytes, ending: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name_of(deck, ending)}"'
    response["Cache-Control"] = "private, no-store"
    return response


def pdf_of(request, deck: Deck):
    """The page as a PDF made here; where that is not possible the page says what to do instead."""
    paper = printed.PAPERS.get(request.GET.get("paper", "a4"))
    if paper is None:
        raise Http404
    style = Path(settings.BASE_DIR, "static", "css", "pack.css").read_text(encoding="utf-8")
    context = {"deck": deck, "drawn": drawn(deck), "style": style, "paper": paper}
    html = render_to_string(
        "relationships/pack/file.html", context | {"foot": printed.css_string(shortened(deck.whose, *FOOT))}
    )
    try:
        return file_of(deck, printed.pdf(html), "pdf", "application/pdf")
    except (printed.NotInstalled, printed.Failed) as problem:
        messages.warning(request, str(problem))
    query = request.GET.copy()
    query.pop("format", None)
    return redirect(f"{request.path}?{query.urlencode()}")
