import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import portolan.accounts.models
import portolan.tenancy.fields
import portolan.tenancy.models
import portolan.tenancy.scope
import portolan.tenancy.walls
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail address")),
                ("name", models.CharField(blank=True, max_length=120)),
                ("is_staff", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                ("joined_at", models.DateTimeField(auto_now_add=True)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"),
                        name="user_email_is_unique",
                        violation_error_message="Somebody already uses this address.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Organization",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "slug",
                    models.SlugField(
                        max_length=60,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9][a-z0-9-]*$",
                                "Use small letters, digits and hyphens; begin with a letter or digit.",
                            ),
                            portolan.accounts.models._validate_slug,
                        ],
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        default="UTC", max_length=60, validators=[portolan.accounts.models._validate_time_zone]
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        default="USD",
                        max_length=3,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{3}$", "Write the three letters of ISO 4217, like EUR."
                            )
                        ],
                    ),
                ),
                (
                    "fiscal_year_start_month",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(12),
                        ],
                    ),
                ),
                ("founded_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("fiscal_year_start_month__range", (1, 12))),
                        name="fiscal_year_starts_in_a_month",
                        violation_error_message="A fiscal year starts in one of the months 1 to 12.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")),
                        name="currency_is_three_letters",
                        violation_error_message="Write the three letters of ISO 4217, like EUR.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("slug__regex", "^[a-z0-9][a-z0-9-]*$")),
                        name="organization_slug_is_an_address",
                        violation_error_message="Use small letters, digits and hyphens; begin with a letter or digit.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("admin", "Admin"),
                            ("portfolio_manager", "Portfolio manager"),
                            ("product_manager", "Product manager"),
                            ("executive", "Executive"),
                            ("contributor", "Contributor"),
                            ("viewer", "Viewer"),
                        ],
                        max_length=20,
                    ),
                ),
                ("joined_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        default=portolan.tenancy.scope.current_organization_id,
                        editable=False,
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["user"], name="membership_user")],
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="accounts_membership_wall"),
                    portolan.tenancy.walls.PersonWindow(column="user_id", name="membership_person_window"),
                    models.UniqueConstraint(
                        fields=("organization", "user"),
                        name="a_person_joins_an_organization_once",
                        violation_error_message="This person is already a member.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "owner",
                                    "admin",
                                    "portfolio_manager",
                                    "product_manager",
                                    "executive",
                                    "contributor",
                                    "viewer",
                                ],
                            )
                        ),
                        name="membership_role_is_known",
                        violation_error_message="Choose a role.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("admin", "Admin"),
                            ("portfolio_manager", "Portfolio manager"),
                            ("product_manager", "Product manager"),
                            ("executive", "Executive"),
                            ("contributor", "Contributor"),
                            ("viewer", "Viewer"),
                        ],
                        default="viewer",
                        max_length=20,
                    ),
                ),
                ("key_digest", models.BinaryField(max_length=32)),
                ("invited_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "invited_by",
                    portolan.tenancy.fields.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        default=portolan.tenancy.scope.current_organization_id,
                        editable=False,
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "invited_by"], name="accounts_invitation_invited_by")],
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="accounts_invitation_wall"),
                    models.UniqueConstraint(
                        fields=("organization", "key_digest"), name="an_invitation_key_opens_one_door"
                    ),
                    models.UniqueConstraint(
                        models.F("organization"),
                        django.db.models.functions.text.Lower("email"),
                        condition=models.Q(("accepted_at", None), ("withdrawn_at", None)),
                        name="an_address_has_one_open_invitation",
                        violation_error_message="This address already has an open invitation.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("invited_at"))),
                        name="an_invitation_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("accepted_at", None), ("withdrawn_at", None), _connector="OR"),
                        name="an_accepted_invitation_is_not_withdrawn",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "owner",
                                    "admin",
                                    "portfolio_manager",
                                    "product_manager",
                                    "executive",
                                    "contributor",
                                    "viewer",
                                ],
                            )
                        ),
                        name="invitation_role_is_known",
                    ),
                    portolan.tenancy.walls.TenantReference(
                        field="invited_by", name="accounts_invitation_invited_by_ref"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("secret_digest", models.BinaryField(max_length=32)),
                (
                    "hint",
                    models.CharField(
                        help_text="The last characters of the secret, to tell tokens apart.", max_length=8
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("last_used_on", models.DateField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "member",
                    portolan.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="api_tokens",
                        to="accounts.membership",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        default=portolan.tenancy.scope.current_organization_id,
                        editable=False,
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "member"], name="accounts_apitoken_member")],
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="accounts_apitoken_wall"),
                    models.UniqueConstraint(fields=("organization", "secret_digest"), name="an_api_secret_is_unique"),
                    portolan.tenancy.walls.TenantReference(field="member", name="accounts_apitoken_member_ref"),
                ],
            },
        ),
    ]
