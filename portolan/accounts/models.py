"""Users and organizations (shared by all), and what ties them together (owned by one organization)."""

from typing import Any, ClassVar, Self
from zoneinfo import available_timezones

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import DB_CASCADE, Q
from django.db.models.functions import Lower

from portolan.tenancy.fields import TenantForeignKey
from portolan.tenancy.models import TenantManager, TenantOwned, new_id
from portolan.tenancy.walls import PersonWindow

# First path segments that the site itself uses: an organization of that name could not be reached.
RESERVED_SLUGS = frozenset(
    [
        "accounts",
        "admin",
        "api",
        "healthz",
        "hooks",
        "static",
        "organizations",
        "invitations",
        "media",
        "docs",
        "help",
        "about",
        "portal",
    ]
)


class UserManager(BaseUserManager["User"]):
    """Makes people from e-mail addresses."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can sign in. One person may belong to many organizations."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_is_unique",
                violation_error_message="Somebody already uses this address.",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        words = (self.name or self.email.partition("@")[0]).replace(".", " ").split()
        return "".join(word[0] for word in [words[0], *words[1:][-1:]]).upper() if words else "?"


def _validate_time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(f"{value} is not a time zone of the IANA database, like Europe/Lisbon.")


def _validate_slug(value: str) -> None:
    if value in RESERVED_SLUGS:
        raise ValidationError("This address is taken by the site itself. Choose another one.")


class Organization(models.Model):
    """A company: the tenant. It is reached under its slug, counts in its currency and lives in its time zone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    slug = models.SlugField(
        max_length=60,
        unique=True,
        validators=[
            RegexValidator(
                r"^[a-z0-9][a-z0-9-]*$", "Use small letters, digits and hyphens; begin with a letter or digit."
            ),
            _validate_slug,
        ],
    )
    time_zone = models.CharField(max_length=60, default="UTC", validators=[_validate_time_zone])
    currency = models.CharField(
        max_length=3,
        default="USD",
        validators=[RegexValidator(r"^[A-Z]{3}$", "Write the three letters of ISO 4217, like EUR.")],
    )
    fiscal_year_start_month = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    founded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(fiscal_year_start_month__range=(1, 12)),
                name="fiscal_year_starts_in_a_month",
                violation_error_message="A fiscal year starts in one of the months 1 to 12.",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"),
                name="currency_is_three_letters",
                violation_error_message="Write the three letters of ISO 4217, like EUR.",
            ),
            models.CheckConstraint(
                condition=Q(slug__regex=r"^[a-z0-9][a-z0-9-]*$"),
                name="organization_slug_is_an_address",
                violation_error_message="Use small letters, digits and hyphens; begin with a letter or digit.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    PORTFOLIO_MANAGER = "portfolio_manager", "Portfolio manager"
    PRODUCT_MANAGER = "product_manager", "Product manager"
    EXECUTIVE = "executive", "Executive"
    CONTRIBUTOR = "contributor", "Contributor"
    VIEWER = "viewer", "Viewer"


class Membership(TenantOwned):
    """A person's place in an organization."""

    user = models.ForeignKey(User, DB_CASCADE, related_name="memberships", db_index=False)
    role = models.CharField(max_length=20, choices=Role)
    joined_at = models.DateTimeField(auto_now_add=True)

    # The wall alone decides what this sees: inside `person_scope`, the person's own memberships everywhere.
    across_organizations = models.Manager()

    class Meta:
        default_manager_name = "objects"
        indexes = [models.Index(fields=["user"], name="membership_user")]
        constraints = [
            PersonWindow(name="membership_person_window", column="user_id"),
            models.UniqueConstraint(
                fields=["organization", "user"],
                name="a_person_joins_an_organization_once",
                violation_error_message="This person is already a member.",
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values),
                name="membership_role_is_known",
                violation_error_message="Choose a role.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def pending(self) -> Self:
        """Neither accepted nor withdrawn; the expired ones among them wait for a new link."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class Invitation(TenantOwned):
    """An open door for one e-mail address, until it is used, withdrawn or too old. Only the digest of its key is kept."""

    email = models.EmailField("e-mail address")
    role = models.CharField(max_length=20, choices=Role, default=Role.VIEWER)
    key_digest = models.BinaryField(max_length=32)
    invited_by = TenantForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = TenantManager.from_queryset(InvitationQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key_digest"], name="an_invitation_key_opens_one_door"),
            models.UniqueConstraint(
                "organization",
                Lower("email"),
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="an_address_has_one_open_invitation",
                violation_error_message="This address already has an open invitation.",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("invited_at")), name="an_invitation_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None), name="an_accepted_invitation_is_not_withdrawn"
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_is_known"),
        ]

    def __str__(self) -> str:
        return self.email


class ApiToken(TenantOwned):
    """A person's key to the API of one organization. Only the digest of its secret is kept."""

    member = TenantForeignKey(Membership, DB_CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    secret_digest = models.BinaryField(max_length=32)
    hint = models.CharField(max_length=8, help_text="The last characters of the secret, to tell tokens apart.")
    created_at = models.DateTimeField()
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "secret_digest"], name="an_api_secret_is_unique"),
        ]

    def __str__(self) -> str:
        return self.name
