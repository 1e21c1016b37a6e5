import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import portolan.tenancy.fields
import portolan.tenancy.models
import portolan.tenancy.scope
import portolan.tenancy.walls
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Portfolio",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "slug",
                    models.SlugField(
                        db_index=False,
                        max_length=60,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9][a-z0-9-]*$",
                                "Use small letters, digits and hyphens; begin with a letter or digit.",
                            )
                        ],
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
                "ordering": ["name"],
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="portfolio_portfolio_wall"),
                    models.UniqueConstraint(
                        fields=("organization", "slug"),
                        name="a_portfolio_address_is_used_once",
                        violation_error_message="Another portfolio has this address.",
                    ),
                    models.UniqueConstraint(
                        fields=("organization", "name"),
                        name="a_portfolio_name_is_used_once",
                        violation_error_message="Another portfolio has this name.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="a_portfolio_has_a_name",
                        violation_error_message="Give the portfolio a name.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "slug",
                    models.SlugField(
                        db_index=False,
                        max_length=60,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9][a-z0-9-]*$",
                                "Use small letters, digits and hyphens; begin with a letter or digit.",
                            )
                        ],
                        verbose_name="address",
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("idea", "Idea"),
                            ("discovery", "Discovery"),
                            ("build", "Build"),
                            ("launch", "Launch"),
                            ("growth", "Growth"),
                            ("mature", "Mature"),
                            ("sustain", "Sustain"),
                            ("sunset", "Sunset"),
                            ("retired", "Retired"),
                        ],
                        default="idea",
                        max_length=12,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("star", "Star"),
                            ("cash_cow", "Cash cow"),
                            ("question_mark", "Question mark"),
                            ("dog", "Dog"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "horizon",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[(1, "Horizon 1: core"), (2, "Horizon 2: emerging"), (3, "Horizon 3: explore")],
                        null=True,
                    ),
                ),
                ("thesis", models.TextField(blank=True, max_length=4000, verbose_name="investment thesis")),
                ("starts_on", models.DateField(blank=True, null=True)),
                ("retires_on", models.DateField(blank=True, null=True)),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=20
                    ),
                ),
                (
                    "hue",
                    models.PositiveSmallIntegerField(
                        default=1,
                        editable=False,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(12),
                        ],
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
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
                (
                    "owner",
                    portolan.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="owned_products",
                        to="accounts.membership",
                    ),
                ),
                (
                    "portfolio",
                    portolan.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="products",
                        to="portfolio.portfolio",
                    ),
                ),
                (
                    "sponsor",
                    portolan.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="sponsored_products",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "indexes": [
                    models.Index(fields=["organization", "stage", "name"], name="product_by_stage"),
                    models.Index(fields=["organization", "name"], name="product_by_name"),
                    models.Index(fields=["organization", "portfolio"], name="portfolio_product_portfolio"),
                    models.Index(fields=["organization", "owner"], name="portfolio_product_owner"),
                    models.Index(fields=["organization", "sponsor"], name="portfolio_product_sponsor"),
                ],
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="portfolio_product_wall"),
                    models.UniqueConstraint(
                        fields=("organization", "slug"),
                        name="a_product_address_is_used_once",
                        violation_error_message="Another product has this address.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("retires_on", None),
                            ("starts_on", None),
                            ("retires_on__gt", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="a_product_retires_after_it_starts",
                        violation_error_message="A product retires after it starts: choose a later retirement date.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "stage__in",
                                [
                                    "idea",
                                    "discovery",
                                    "build",
                                    "launch",
                                    "growth",
                                    "mature",
                                    "sustain",
                                    "sunset",
                                    "retired",
                                ],
                            )
                        ),
                        name="product_stage_is_known",
                        violation_error_message="Choose a stage.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["", "star", "cash_cow", "question_mark", "dog"])),
                        name="product_role_is_known",
                        violation_error_message="Choose a portfolio role.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("horizon", None), ("horizon__in", [1, 2, 3]), _connector="OR"),
                        name="product_horizon_is_known",
                        violation_error_message="Choose horizon 1, 2 or 3.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="a_product_has_a_name",
                        violation_error_message="Give the product a name.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hue__range", (1, 12))),
                        name="product_hue_is_on_the_wheel",
                        violation_error_message="A colour is a number from 1 to 12.",
                    ),
                    portolan.tenancy.walls.TenantReference(field="portfolio", name="portfolio_product_portfolio_ref"),
                    portolan.tenancy.walls.TenantReference(field="owner", name="portfolio_product_owner_ref"),
                    portolan.tenancy.walls.TenantReference(field="sponsor", name="portfolio_product_sponsor_ref"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Milestone",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("title", models.CharField(max_length=160)),
                ("due_on", models.DateField()),
                ("reached_on", models.DateField(blank=True, null=True)),
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
                (
                    "product",
                    portolan.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="milestones",
                        to="portfolio.product",
                    ),
                ),
            ],
            options={
                "ordering": ["due_on", "title"],
                "indexes": [
                    models.Index(fields=["organization", "reached_on", "due_on"], name="milestone_by_date"),
                    models.Index(fields=["organization", "product"], name="portfolio_milestone_product"),
                ],
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="portfolio_milestone_wall"),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True),
                        name="a_milestone_has_a_title",
                        violation_error_message="Give the milestone a title.",
                    ),
                    portolan.tenancy.walls.TenantReference(field="product", name="portfolio_milestone_product_ref"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FactChange",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("fact", models.CharField(max_length=20)),
                ("before", models.TextField(blank=True)),
                ("after", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
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
                (
                    "product",
                    portolan.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="fact_changes",
                        to="portfolio.product",
                    ),
                ),
            ],
            options={
                "ordering": ["-version"],
                "indexes": [models.Index(fields=["organization", "by"], name="portfolio_factchange_by")],
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="portfolio_factchange_wall"),
                    models.UniqueConstraint(
                        fields=("organization", "product", "version"), name="a_product_version_is_made_by_one_change"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("before", models.F("after")), _negated=True),
                        name="a_fact_change_changes_something",
                    ),
                    portolan.tenancy.walls.TenantReference(field="product", name="portfolio_factchange_product_ref"),
                    portolan.tenancy.walls.TenantReference(field="by", name="portfolio_factchange_by_ref"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Archival",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField()),
                ("why", models.TextField(blank=True, max_length=2000)),
                ("restored_at", models.DateTimeField(blank=True, null=True)),
                ("restored_why", models.TextField(blank=True, max_length=2000)),
                (
                    "by",
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
                (
                    "restored_by",
                    portolan.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "product",
                    portolan.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE, related_name="archivals", to="portfolio.product"
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
                "indexes": [
                    models.Index(fields=["organization", "product"], name="portfolio_archival_product"),
                    models.Index(fields=["organization", "by"], name="portfolio_archival_by"),
                    models.Index(fields=["organization", "restored_by"], name="portfolio_archival_restored_by"),
                ],
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="portfolio_archival_wall"),
                    models.UniqueConstraint(
                        condition=models.Q(("restored_at", None)),
                        fields=("organization", "product"),
                        name="a_product_is_put_away_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("restored_at", None), ("restored_at__gte", models.F("at")), _connector="OR"
                        ),
                        name="a_product_is_restored_after_it_was_put_away",
                        violation_error_message="A product is restored after it was put away.",
                    ),
                    portolan.tenancy.walls.TenantReference(field="product", name="portfolio_archival_product_ref"),
                    portolan.tenancy.walls.TenantReference(field="by", name="portfolio_archival_by_ref"),
                    portolan.tenancy.walls.TenantReference(
                        field="restored_by", name="portfolio_archival_restored_by_ref"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProductLine",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120)),
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
                (
                    "parent",
                    portolan.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="children",
                        to="portfolio.productline",
                    ),
                ),
                (
                    "portfolio",
                    portolan.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE, related_name="lines", to="portfolio.portfolio"
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "indexes": [models.Index(fields=["organization", "parent"], name="portfolio_productline_parent")],
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="portfolio_productline_wall"),
                    models.UniqueConstraint(
                        fields=("organization", "portfolio", "parent", "name"),
                        name="a_line_name_is_used_once_beside_its_siblings",
                        nulls_distinct=False,
                        violation_error_message="Another line in this place has this name.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent", None), models.Q(("parent", models.F("id")), _negated=True), _connector="OR"
                        ),
                        name="a_line_is_not_its_own_parent",
                        violation_error_message="A line cannot be its own parent.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="a_line_has_a_name",
                        violation_error_message="Give the line a name.",
                    ),
                    portolan.tenancy.walls.TenantReference(
                        field="portfolio", name="portfolio_productline_portfolio_ref"
                    ),
                    portolan.tenancy.walls.TenantReference(field="parent", name="portfolio_productline_parent_ref"),
                ],
            },
        ),
        migrations.AddField(
            model_name="product",
            name="line",
            field=portolan.tenancy.fields.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="products",
                to="portfolio.productline",
            ),
        ),
        migrations.CreateModel(
            name="StageChange",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("idea", "Idea"),
                            ("discovery", "Discovery"),
                            ("build", "Build"),
                            ("launch", "Launch"),
                            ("growth", "Growth"),
                            ("mature", "Mature"),
                            ("sustain", "Sustain"),
                            ("sunset", "Sunset"),
                            ("retired", "Retired"),
                        ],
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("why", models.TextField(blank=True, max_length=2000)),
                (
                    "by",
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
                (
                    "product",
                    portolan.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="stage_changes",
                        to="portfolio.product",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [
                    models.Index(fields=["organization", "product", "-at"], name="stage_change_by_product"),
                    models.Index(fields=["organization", "by"], name="portfolio_stagechange_by"),
                ],
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="portfolio_stagechange_wall"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "stage__in",
                                [
                                    "idea",
                                    "discovery",
                                    "build",
                                    "launch",
                                    "growth",
                                    "mature",
                                    "sustain",
                                    "sunset",
                                    "retired",
                                ],
                            )
                        ),
                        name="stage_change_stage_is_known",
                    ),
                    portolan.tenancy.walls.TenantReference(field="product", name="portfolio_stagechange_product_ref"),
                    portolan.tenancy.walls.TenantReference(field="by", name="portfolio_stagechange_by_ref"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120)),
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
                "ordering": ["name"],
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="portfolio_team_wall"),
                    models.UniqueConstraint(
                        fields=("organization", "name"),
                        name="a_team_name_is_used_once",
                        violation_error_message="Another team has this name.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="a_team_has_a_name",
                        violation_error_message="Give the team a name.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="product",
            name="team",
            field=portolan.tenancy.fields.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="products",
                to="portfolio.team",
            ),
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(fields=["organization", "line"], name="portfolio_product_line"),
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(fields=["organization", "team"], name="portfolio_product_team"),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=portolan.tenancy.walls.TenantReference(field="line", name="portfolio_product_line_ref"),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=portolan.tenancy.walls.TenantReference(field="team", name="portfolio_product_team_ref"),
        ),
    ]
