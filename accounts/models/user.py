"""People who sign in, and the tokens of the programs that sign in for them."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken, AuthTokenManager

from accounts.permissions import Permission, Role, may, roles_with

ROLE_NAMES = [
    (Role.MANAGER, _("Key account manager")),
    (Role.MEMBER, _("Team member")),
    (Role.LEAD, _("Team lead")),
    (Role.FINANCE, _("Finance analyst")),
    (Role.EXECUTIVE, _("Senior management")),
    (Role.ADMIN, _("Administrator")),
]


class Seniority(models.IntegerChoices):
    """Our levels, on the scale of the customers’ own."""

    SHOP_FLOOR = 1, _("Shop floor")
    TEAM = 2, _("Team lead")
    DEPARTMENT = 3, _("Head of department")
    DIVISION = 4, _("Division or general manager")
    BOARD = 5, _("Board")


# Whom somebody meets as an equal where nobody has said otherwise: a key account manager the head of a department.
SENIORITY_OF_ROLE = {
    Role.MEMBER: Seniority.TEAM,
    Role.ADMIN: Seniority.TEAM,
    Role.MANAGER: Seniority.DEPARTMENT,
    Role.FINANCE: Seniority.DEPARTMENT,
    Role.LEAD: Seniority.DIVISION,
    Role.EXECUTIVE: Seniority.BOARD,
}


class UserManager(BaseUserManager):
    """Looks people up by e-mail, whatever its capitals."""

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)

    def create_user(self, email, name, role, password=None, **fields):
        user = self.model(email=email.lower(), name=name, role=role, **fields)
        user.set_password(password)
        user.save()
        return user

    def who_may(self, permission: Permission):
        """Those who can sign in and hold the permission."""
        return self.filter(is_active=True, role__in=roles_with(permission))

    def create_superuser(self, email, name, password=None):
        return self.create_user(email, name, Role.ADMIN, password)


class User(AbstractBaseUser):
    """One person, or one program, that signs in."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    role = models.CharField(_("role"), max_length=16, choices=ROLE_NAMES)
    teams = models.ManyToManyField("accounts.Team", verbose_name=_("teams"), blank=True, related_name="people")
    sees_company_figures = models.BooleanField(
        _("sees company figures"),
        default=False,
        help_text=_("For a team lead: ranks and shares over all accounts."),
    )
    seniority = models.PositiveSmallIntegerField(
        _("level"),
        choices=Seniority,
        null=True,
        blank=True,
        help_text=_("Whom they meet as an equal at a customer; empty: by their role."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_user_per_email",
                violation_error_message=_("This e-mail has a login already."),
            ),
            models.CheckConstraint(
                condition=Q(seniority__isnull=True) | Q(seniority__range=(1, 5)), name="seniority_is_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        """Django's admin is the administrator's page for users, teams and tokens."""
        return may(self, Permission.ADMINISTER)

    @property
    def level(self) -> int:
        """Whom they meet as an equal: as stated, or else by their role."""
        return self.seniority or int(SENIORITY_OF_ROLE[Role(self.role)])

    def has_perm(self, perm, obj=None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label) -> bool:
        return self.is_staff


class ApiToken(AbstractAuthToken):
    """A bearer token of one user: only its hash is kept; scopes limit what it may pull."""

    name = models.CharField(_("name"), max_length=100, blank=True)
    scopes = models.JSONField(_("scopes"), default=list)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    objects = AuthTokenManager()

    def __str__(self) -> str:
        return f"{self.token_key}… ({self.user})"
