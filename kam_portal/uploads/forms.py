"""The forms of an upload: the file itself, then which of its columns is which, and the rules of its map."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Import
from accounts.tables import Mapping, Unusable
from accounts.tables.files import ENDINGS
from accounts.tables.mapping import LONGEST
from kam_portal.imports import Rules
from kam_portal.uploads.guesses import fitting_maps, ready_maps
from kam_portal.uploads.kinds import DOCUMENTS, kinds_of, label

ENCODINGS = [
    ("utf-8", _("UTF-8")),
    ("cp1252", _("Windows, western (Excel)")),
    ("iso-8859-15", _("ISO 8859-15, western")),
    ("cp1250", _("Windows, central European")),
    ("utf-16", _("UTF-16 (Excel’s Unicode text)")),
    ("mac_roman", _("Mac, western")),
]
DECIMALS = [(".", _("Point: 1234.50")), (",", _("Comma: 1234,50"))]


class Reading(forms.Form):
    """How a file is to be read."""

    kind = forms.ChoiceField(label=_("What it holds"), required=False)
    encoding = forms.ChoiceField(label=_("Encoding of CSV"), choices=ENCODINGS, required=False)
    decimal = forms.ChoiceField(label=_("Decimal mark"), choices=DECIMALS, required=False)

    def __init__(self, *args, user, encoding: str = "utf-8", **options):
        super().__init__(*args, **options)
        if encoding not in dict(ENCODINGS):
            self.fields["encoding"].choices = [*ENCODINGS, (encoding, encoding)]
        kinds = [(kind, label(kind)) for kind in kinds_of(user)]
        self.fields["kind"].choices = [("", gettext("Told by the file")), *kinds]

    def clean_encoding(self) -> str:
        return self.cleaned_data["encoding"] or "utf-8"

    def clean_decimal(self) -> str:
        return self.cleaned_data["decimal"] or "."


class Chosen(Reading):
    """How a file is to be read, now that it is here: what it holds must be said."""

    def __init__(self, draft: Import, user, data=None, **options):
        super().__init__(data, user=user, encoding=draft.encoding, **options)
        self.fields["kind"].choices = [("", gettext("Choose")), *self.fields["kind"].choices[1:]]

    @property
    def reading_fields(self) -> list:
        return [self[name] for name in ("kind", "encoding", "decimal") if name in self.fields]

    def clean_kind(self) -> str:
        if not self.cleaned_data["kind"]:
            raise forms.ValidationError(gettext("Say what the file holds."))
        return self.cleaned_data["kind"]


class UploadForm(Reading):
    """A file to import."""

    once = forms.UUIDField(widget=forms.HiddenInput)
    file = forms.FileField(
        label=_("File"), widget=forms.FileInput({"accept": ",".join([*ENDINGS, ".gz"])}), max_length=255
    )
    field_order = ["once", "file", "kind", "encoding", "decimal"]

    def clean_file(self):
        file = self.cleaned_data["file"]
        if not file.name.lower().endswith(ENDINGS):
            sentence = gettext("%(file)s has an ending that is not read here; these are: %(endings)s.")
            raise forms.ValidationError(sentence % {"file": file.name, "endings": ", ".join(ENDINGS)})
        if file.size > settings.IMPORT_MAX_BYTES:
            sentence = gettext("%(file)s is larger than %(size)s MB; on the server, import_data takes it.")
            size = settings.IMPORT_MAX_BYTES >> 20
            raise forms.ValidationError(sentence % {"file": file.name, "size": size})
        return file


class MapForm(forms.Form):
    """Rules from a ready-made map, or from a file of one."""

    ready = forms.ChoiceField(label=_("Ready-made map"), required=False)
    map = forms.FileField(label=_("Map file (YAML)"), required=False, widget=forms.FileInput({"accept": ".yaml,.yml"}))

    def __init__(self, draft: Import, user, *args, **options):
        super().__init__(*args, **options)
        self.kinds = kinds_of(user)
        fitting = fitting_maps(draft.sample.get("headers", []))
        names = [*fitting, *(name for name in ready_maps() if name not in fitting)]
        mark = {name: gettext(" (fits this file)") for name in fitting}
        self.fields["ready"].choices = [
            ("", gettext("None")),
            *((name, name.replace("_", " ") + mark.get(name, "")) for name in names),
        ]

    def clean_map(self) -> Mapping | None:
        file = self.cleaned_data["map"]
        if not file:
            return None
        try:
            return Mapping.of(file.read(LONGEST + 1).decode("utf-8-sig"), file.name)
        except UnicodeDecodeError:
            raise forms.ValidationError(gettext("%s is not in UTF-8.") % file.name) from None
        except Unusable as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self):
        ready = self.cleaned_data.get("ready")
        self.mapping = self.cleaned_data.get("map") or (ready_maps()[ready] if ready else None)
        if self.mapping is None and not self.errors:
            raise forms.ValidationError(gettext("Choose a ready-made map or a file."))
        if self.mapping and self.mapping.kind and self.mapping.kind not in self.kinds:
            raise forms.ValidationError(gettext("That map is for a kind that you cannot import."))

    @property
    def name(self) -> str:
        return self.mapping.file


class DocumentForm(Chosen):
    """A YAML document is taken as a whole: only its kind is asked for."""

    def __init__(self, draft: Import, user, data=None):
        super().__init__(draft, user, data, initial={"kind": draft.kind})
        kinds = [(kind, name) for kind, name in self.fields["kind"].choices if kind in ("", *DOCUMENTS)]
        self.fields["kind"].choices = kinds
        del self.fields["encoding"], self.fields["decimal"]
        self.rules: Rules = {}
