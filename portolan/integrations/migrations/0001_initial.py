import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import portolan.tenancy.fields
import portolan.tenancy.models
import portolan.tenancy.scope
import portolan.tenancy.walls
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("portfolio", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Connection",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(choices=[("jira_cloud", "Jira Cloud")], default="jira_cloud", max_length=20)),
                ("name", models.CharField(max_length=120)),
                ("base_url", models.CharField(max_length=300, verbose_name="address")),
                ("account_email", models.CharField(max_length=254, verbose_name="e-mail of the account")),
                ("account_name", models.CharField(blank=True, max_length=200)),
                ("account_zone", models.CharField(blank=True, max_length=80)),
                ("site_name", models.CharField(blank=True, max_length=200)),
                (
                    "time_style",
                    models.CharField(
                        blank=True, choices=[("epoch", "Milliseconds"), ("minute", "Minutes")], max_length=10
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("paused", "Paused"),
                            ("broken", "Needs attention"),
                            ("off", "Disconnected"),
                        ],
                        default="active",
                        max_length=10,
                    ),
                ),
                ("broken_reason", models.TextField(blank=True)),
                ("created_at", models.DateTimeField()),
                ("last_ok_at", models.DateTimeField(blank=True, null=True)),
                ("quiet_until", models.DateTimeField(blank=True, null=True)),
                ("quiet_reason", models.CharField(blank=True, max_length=200)),
                (
                    "created_by",
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
                "ordering": ["name"],
                "indexes": [models.Index(fields=["organization", "created_by"], name="integrations_connecti_066a5334")],
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="integrations_connection_wall"),
                    models.UniqueConstraint(
                        fields=("organization", "name"),
                        name="a_connection_name_is_used_once",
                        violation_error_message="Another connection has this name.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["jira_cloud"])), name="connection_kind_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["active", "paused", "broken", "off"])),
                        name="connection_status_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("time_style__in", ["", "epoch", "minute"])),
                        name="connection_time_style_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status", "broken"), ("broken_reason", ""), _connector="OR"),
                        name="only_a_broken_connection_has_a_reason",
                    ),
                    portolan.tenancy.walls.TenantReference(
                        field="created_by", name="integrations_connection_created_by_ref"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Credential",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sealed", models.TextField()),
                ("version", models.PositiveIntegerField(default=1)),
                ("expires_on", models.DateField(blank=True, null=True)),
                ("stored_at", models.DateTimeField()),
                (
                    "connection",
                    portolan.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="credentials",
                        to="integrations.connection",
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
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="integrations_credential_wall"),
                    models.UniqueConstraint(
                        fields=("organization", "connection"), name="a_connection_has_one_credential"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sealed", ""), _negated=True), name="a_credential_is_not_empty"
                    ),
                    portolan.tenancy.walls.TenantReference(
                        field="connection", name="integrations_credential_connection_ref"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Cursor",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "stream",
                    models.CharField(
                        choices=[
                            ("changes", "Changes"),
                            ("census", "Census"),
                            ("sprints", "Sprints"),
                            ("replay", "Replay"),
                            ("assignment", "Assignment"),
                        ],
                        max_length=10,
                    ),
                ),
                ("watermark", models.DateTimeField(blank=True, null=True)),
                ("scope_digest", models.CharField(blank=True, max_length=64)),
                ("run_id", models.UUIDField(blank=True, null=True)),
                ("pass_started_at", models.DateTimeField(blank=True, null=True)),
                ("pass_since", models.DateTimeField(blank=True, null=True)),
                ("page_token", models.TextField(blank=True, null=True)),
                ("after_external_id", models.CharField(blank=True, max_length=64)),
                ("is_pass_done", models.BooleanField(default=False)),
                ("pending", models.JSONField(default=list)),
                (
                    "connection",
                    portolan.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="cursors",
                        to="integrations.connection",
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
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="integrations_cursor_wall"),
                    models.UniqueConstraint(
                        fields=("organization", "connection", "stream"), name="a_stream_has_one_cursor"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stream__in", ["changes", "census", "sprints", "replay", "assignment"])),
                        name="cursor_stream_is_known",
                    ),
                    portolan.tenancy.walls.TenantReference(
                        field="connection", name="integrations_cursor_connection_ref"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FieldChoice",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "logical",
                    models.CharField(
                        choices=[
                            ("points", "Story points"),
                            ("sprint", "Sprint"),
                            ("epic_link", "Epic link"),
                            ("flag", "Flag"),
                        ],
                        max_length=10,
                    ),
                ),
                ("project_external_id", models.CharField(blank=True, max_length=64)),
                ("field_id", models.CharField(blank=True, max_length=128, null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("candidates", models.JSONField(default=list)),
                ("is_chosen", models.BooleanField(default=False)),
                (
                    "chosen_by",
                    portolan.tenancy.fields.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "connection",
                    portolan.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="field_choices",
                        to="integrations.connection",
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
                "indexes": [models.Index(fields=["organization", "chosen_by"], name="integrations_fieldcho_b62955e0")],
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="integrations_fieldchoice_wall"),
                    models.UniqueConstraint(
                        fields=("organization", "connection", "logical", "project_external_id"),
                        name="a_field_is_chosen_once_for_a_project",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("logical__in", ["points", "sprint", "epic_link", "flag"])),
                        name="field_choice_meaning_is_known",
                    ),
                    portolan.tenancy.walls.TenantReference(
                        field="connection", name="integrations_fieldchoice_connection_ref"
                    ),
                    portolan.tenancy.walls.TenantReference(
                        field="chosen_by", name="integrations_fieldchoice_chosen_by_ref"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Inquiry",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("check", "Who we are there and what we see"),
                            ("project", "What a project consists of"),
                            ("preview", "What a mapping would bring"),
                        ],
                        max_length=10,
                    ),
                ),
                ("question", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "Asked"), ("answered", "Answered"), ("failed", "Failed")],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("answer", models.JSONField(default=dict)),
                ("message", models.TextField(blank=True)),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    portolan.tenancy.fields.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "connection",
                    portolan.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="inquiries",
                        to="integrations.connection",
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
                "ordering": ["-asked_at", "-id"],
                "indexes": [
                    models.Index(fields=["organization", "connection", "-asked_at"], name="inquiry_by_connection"),
                    models.Index(fields=["organization", "asked_by"], name="integrations_inquiry_asked_by"),
                ],
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="integrations_inquiry_wall"),
                    models.CheckConstraint(
                        condition=models.Q(("topic__in", ["check", "project", "preview"])),
                        name="inquiry_topic_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asked", "answered", "failed"])),
                        name="inquiry_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at", None), ("state", "asked")),
                            models.Q(models.Q(("state", "asked"), _negated=True), ("answered_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="an_answered_inquiry_says_when",
                    ),
                    portolan.tenancy.walls.TenantReference(
                        field="connection", name="integrations_inquiry_connection_ref"
                    ),
                    portolan.tenancy.walls.TenantReference(field="asked_by", name="integrations_inquiry_asked_by_ref"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LevelChoice",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind_external_id", models.CharField(max_length=64)),
                ("kind_name", models.CharField(max_length=200)),
                ("project_external_id", models.CharField(blank=True, max_length=64)),
                ("hierarchy_level", models.SmallIntegerField(default=0)),
                (
                    "proposed_level",
                    models.CharField(
                        choices=[
                            ("initiative", "Initiative"),
                            ("feature", "Feature"),
                            ("story", "Story"),
                            ("task", "Task"),
                            ("bug", "Bug"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("initiative", "Initiative"),
                            ("feature", "Feature"),
                            ("story", "Story"),
                            ("task", "Task"),
                            ("bug", "Bug"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "connection",
                    portolan.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="level_choices",
                        to="integrations.connection",
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
                "ordering": ["-hierarchy_level", "kind_name", "kind_external_id"],
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="integrations_levelchoice_wall"),
                    models.UniqueConstraint(
                        fields=("organization", "connection", "kind_external_id"), name="a_kind_of_issue_has_one_level"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("level__in", ["initiative", "feature", "story", "task", "bug"]),
                            ("proposed_level__in", ["initiative", "feature", "story", "task", "bug"]),
                        ),
                        name="chosen_level_is_known",
                    ),
                    portolan.tenancy.walls.TenantReference(
                        field="connection", name="integrations_levelchoice_connection_ref"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProductWork",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("items", models.IntegerField(default=0)),
                ("items_done", models.IntegerField(default=0)),
                ("items_in_progress", models.IntegerField(default=0)),
                ("points", models.DecimalField(decimal_places=3, default=0, max_digits=14)),
                ("points_done", models.DecimalField(decimal_places=3, default=0, max_digits=14)),
                ("unestimated", models.IntegerField(default=0)),
                ("last_changed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "open_changed_on",
                    django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), default=list),
                ),
                (
                    "open_changed_counts",
                    django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list),
                ),
                ("initiatives", models.IntegerField(default=0)),
                ("features", models.IntegerField(default=0)),
                (
                    "in_progress_since",
                    django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), default=list),
                ),
                (
                    "in_progress_counts",
                    django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list),
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
                        on_delete=django.db.models.deletion.DB_CASCADE, related_name="work", to="portfolio.product"
                    ),
                ),
            ],
            options={
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="integrations_productwork_wall"),
                    models.UniqueConstraint(fields=("organization", "product"), name="a_products_work_is_kept_once"),
                    models.CheckConstraint(
                        condition=models.Q(("in_progress_since__len", models.F("in_progress_counts__len"))),
                        name="work_in_progress_is_paired",
                    ),
                    portolan.tenancy.walls.TenantReference(
                        field="product", name="integrations_productwork_product_ref"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectMapping",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("project_external_id", models.CharField(blank=True, max_length=64)),
                ("project_key", models.CharField(blank=True, max_length=64)),
                ("project_name", models.CharField(blank=True, max_length=200)),
                (
                    "components",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=255), blank=True, default=list
                    ),
                ),
                ("query", models.TextField(blank=True, max_length=4000, verbose_name="JQL")),
                ("created_at", models.DateTimeField()),
                (
                    "connection",
                    portolan.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="mappings",
                        to="integrations.connection",
                    ),
                ),
                (
                    "created_by",
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
                        related_name="project_mappings",
                        to="portfolio.product",
                    ),
                ),
                (
                    "team",
                    portolan.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="project_mappings",
                        to="portfolio.team",
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "id"],
                "indexes": [
                    models.Index(fields=["organization", "connection"], name="integrations_projectm_b565c7a1"),
                    models.Index(fields=["organization", "product"], name="integrations_projectm_d23ca257"),
                    models.Index(fields=["organization", "team"], name="integrations_projectm_a36066cb"),
                    models.Index(fields=["organization", "created_by"], name="integrations_projectm_1a823cc2"),
                ],
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="integrations_projectmapping_wall"),
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("connection"),
                        models.F("project_external_id"),
                        models.F("components"),
                        django.db.models.functions.text.MD5("query"),
                        name="a_part_is_mapped_once",
                        violation_error_message="This part is mapped already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("project_external_id", ""), _negated=True),
                            models.Q(("query", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_mapping_names_a_project_or_a_query",
                        violation_error_message="Choose a project or write a query.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("components", []), models.Q(("project_external_id", ""), _negated=True), _connector="OR"
                        ),
                        name="components_belong_to_a_project",
                        violation_error_message="Components belong to a project: choose it too.",
                    ),
                    portolan.tenancy.walls.TenantReference(
                        field="connection", name="integrations_projectmapping_connection_ref"
                    ),
                    portolan.tenancy.walls.TenantReference(
                        field="product", name="integrations_projectmapping_product_ref"
                    ),
                    portolan.tenancy.walls.TenantReference(field="team", name="integrations_projectmapping_team_ref"),
                    portolan.tenancy.walls.TenantReference(
                        field="created_by", name="integrations_projectmapping_created_by_ref"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QueryMatch",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("external_id", models.CharField(max_length=64)),
                (
                    "mapping",
                    portolan.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="matches",
                        to="integrations.projectmapping",
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
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="integrations_querymatch_wall"),
                    models.UniqueConstraint(
                        fields=("organization", "mapping", "external_id"), name="an_item_matches_a_query_once"
                    ),
                    portolan.tenancy.walls.TenantReference(field="mapping", name="integrations_querymatch_mapping_ref"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RawObject",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("stream", models.CharField(default="issue", max_length=10)),
                ("external_id", models.CharField(max_length=64)),
                ("payload", models.BinaryField()),
                ("sha256", models.BinaryField(max_length=32)),
                ("fetched_at", models.DateTimeField()),
                (
                    "connection",
                    portolan.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="raw_objects",
                        to="integrations.connection",
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
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="integrations_rawobject_wall"),
                    models.UniqueConstraint(
                        fields=("organization", "connection", "stream", "external_id"), name="a_raw_object_is_kept_once"
                    ),
                    portolan.tenancy.walls.TenantReference(
                        field="connection", name="integrations_rawobject_connection_ref"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RemoteStatusRow",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("external_id", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=200)),
                (
                    "category",
                    models.CharField(
                        choices=[("new", "To do"), ("indeterminate", "In progress"), ("done", "Done")], max_length=14
                    ),
                ),
                ("project_external_id", models.CharField(blank=True, max_length=64)),
                (
                    "connection",
                    portolan.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="statuses",
                        to="integrations.connection",
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
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="integrations_remotestatusrow_wall"),
                    models.UniqueConstraint(
                        fields=("organization", "connection", "external_id"), name="a_status_is_kept_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("category__in", ["new", "indeterminate", "done"])),
                        name="status_category_is_known",
                    ),
                    portolan.tenancy.walls.TenantReference(
                        field="connection", name="integrations_remotestatusrow_connection_ref"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Sprint",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("external_id", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[("future", "Future"), ("active", "Active"), ("closed", "Closed")], max_length=10
                    ),
                ),
                ("starts_at", models.DateTimeField(blank=True, null=True)),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                ("completed_at", models.DateTimeField(blank=True, null=True)),
                ("goal", models.TextField(blank=True)),
                (
                    "connection",
                    portolan.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="sprints",
                        to="integrations.connection",
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
                "ordering": ["starts_at", "external_id"],
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="integrations_sprint_wall"),
                    models.UniqueConstraint(
                        fields=("organization", "connection", "external_id"), name="a_sprint_is_kept_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["future", "active", "closed"])), name="sprint_state_is_known"
                    ),
                    portolan.tenancy.walls.TenantReference(
                        field="connection", name="integrations_sprint_connection_ref"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SprintBoard",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("board_external_id", models.CharField(max_length=64)),
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
                    "sprint",
                    portolan.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE, related_name="boards", to="integrations.sprint"
                    ),
                ),
            ],
            options={
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="integrations_sprintboard_wall"),
                    models.UniqueConstraint(
                        fields=("organization", "sprint", "board_external_id"), name="a_board_shows_a_sprint_once"
                    ),
                    portolan.tenancy.walls.TenantReference(field="sprint", name="integrations_sprintboard_sprint_ref"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SyncRun",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("schedule", "Schedule"),
                            ("person", "By hand"),
                            ("command", "Command line"),
                            ("mapping", "Changed mapping"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("incremental", "What changed"),
                            ("census", "What changed, and what is gone"),
                            ("full", "Everything again"),
                            ("remap", "New choices on what we hold"),
                        ],
                        default="incremental",
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("running", "Running"),
                            ("waiting", "Waiting"),
                            ("succeeded", "Succeeded"),
                            ("partial", "Partial"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("opening", "Asking who we are and what there is"),
                            ("changes", "Reading what changed"),
                            ("census", "Counting what is still there"),
                            ("rollups", "Adding up"),
                        ],
                        default="opening",
                        max_length=10,
                    ),
                ),
                ("requested_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("runner", models.UUIDField(blank=True, null=True)),
                ("heartbeat_at", models.DateTimeField(blank=True, null=True)),
                ("cancel_requested_at", models.DateTimeField(blank=True, null=True)),
                ("resume_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("message", models.TextField(blank=True)),
                ("expected", models.PositiveIntegerField(blank=True, null=True)),
                ("listed", models.PositiveIntegerField(default=0)),
                ("fetched", models.PositiveIntegerField(default=0)),
                ("created", models.PositiveIntegerField(default=0)),
                ("updated", models.PositiveIntegerField(default=0)),
                ("unchanged", models.PositiveIntegerField(default=0)),
                ("moved", models.PositiveIntegerField(default=0)),
                ("deleted", models.PositiveIntegerField(default=0)),
                ("restored", models.PositiveIntegerField(default=0)),
                ("skipped", models.PositiveIntegerField(default=0)),
                ("notes_dropped", models.PositiveIntegerField(default=0)),
                ("affected_products", models.JSONField(default=list, editable=False)),
                (
                    "connection",
                    portolan.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="runs",
                        to="integrations.connection",
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
                    "requested_by",
                    portolan.tenancy.fields.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "ordering": ["-requested_at", "-id"],
                "indexes": [
                    models.Index(fields=["organization", "connection", "-requested_at"], name="run_by_connection"),
                    models.Index(fields=["organization", "requested_by"], name="integrations_syncrun__96c3eab7"),
                ],
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="integrations_syncrun_wall"),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("queued", "running", "waiting"))),
                        fields=("organization", "connection"),
                        name="a_connection_has_one_unfinished_run",
                        violation_error_message="This connection is being synced already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("trigger__in", ["schedule", "person", "command", "mapping"])),
                        name="run_trigger_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("mode__in", ["incremental", "census", "full", "remap"])),
                        name="run_mode_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["queued", "running", "waiting", "succeeded", "partial", "failed", "cancelled"],
                            )
                        ),
                        name="run_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("phase__in", ["opening", "changes", "census", "rollups"])),
                        name="run_phase_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at", None), ("state__in", ("queued", "running", "waiting"))),
                            models.Q(
                                models.Q(("state__in", ("queued", "running", "waiting")), _negated=True),
                                ("finished_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="a_finished_run_says_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "waiting"), _negated=True), ("resume_at__isnull", False), _connector="OR"
                        ),
                        name="a_waiting_run_says_until_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("finished_at", None), ("finished_at__gte", models.F("requested_at")), _connector="OR"
                        ),
                        name="a_run_ends_after_it_began",
                    ),
                    portolan.tenancy.walls.TenantReference(
                        field="connection", name="integrations_syncrun_connection_ref"
                    ),
                    portolan.tenancy.walls.TenantReference(
                        field="requested_by", name="integrations_syncrun_requested_by_ref"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RunNote",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("skipped", "Skipped"),
                            ("left_out", "Left out"),
                            ("failed", "Failed"),
                            ("waited", "Waited"),
                            ("noticed", "Noticed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("external_id", models.CharField(blank=True, max_length=64)),
                ("words", models.TextField()),
                ("at", models.DateTimeField()),
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
                    "run",
                    portolan.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE, related_name="notes", to="integrations.syncrun"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
                "indexes": [models.Index(fields=["organization", "run", "at"], name="note_by_run")],
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="integrations_runnote_wall"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["skipped", "left_out", "failed", "waited", "noticed"])),
                        name="note_kind_is_known",
                    ),
                    portolan.tenancy.walls.TenantReference(field="run", name="integrations_runnote_run_ref"),
                ],
            },
        ),
        migrations.CreateModel(
            name="WeeklyFlow",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("week", models.DateField(help_text="The Monday.")),
                ("created", models.IntegerField(default=0)),
                ("started", models.IntegerField(default=0)),
                ("finished", models.IntegerField(default=0)),
                ("points_finished", models.DecimalField(decimal_places=3, default=0, max_digits=14)),
                ("stories_finished", models.IntegerField(default=0)),
                ("bugs_finished", models.IntegerField(default=0)),
                ("bugs_created", models.IntegerField(default=0)),
                ("scope_added", models.IntegerField(default=0)),
                ("scope_removed", models.IntegerField(default=0)),
                ("date_errors", models.IntegerField(default=0)),
                ("active_seconds", models.BigIntegerField(default=0)),
                ("elapsed_seconds", models.BigIntegerField(default=0)),
                ("wip", models.IntegerField(default=0)),
                ("open", models.IntegerField(default=0)),
                ("unestimated", models.IntegerField(default=0)),
                (
                    "cycle_days",
                    django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list),
                ),
                (
                    "cycle_counts",
                    django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list),
                ),
                (
                    "lead_days",
                    django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list),
                ),
                (
                    "lead_counts",
                    django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list),
                ),
                ("age_days", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list)),
                (
                    "age_counts",
                    django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list),
                ),
                ("created_total", models.IntegerField(default=0)),
                ("started_total", models.IntegerField(default=0)),
                ("finished_total", models.IntegerField(default=0)),
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
                        related_name="weekly_flow",
                        to="portfolio.product",
                    ),
                ),
                (
                    "team",
                    portolan.tenancy.fields.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="weekly_flow",
                        to="portfolio.team",
                    ),
                ),
            ],
            options={
                "ordering": ["week"],
                "indexes": [
                    models.Index(fields=["organization", "week"], name="flow_by_week"),
                    models.Index(fields=["organization", "team"], name="integrations_weeklyflow_team"),
                ],
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="integrations_weeklyflow_wall"),
                    models.UniqueConstraint(
                        fields=("organization", "product", "week", "team"),
                        name="a_week_is_rolled_up_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("week__iso_week_day", 1)), name="a_week_is_named_by_its_monday"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cycle_days__len", models.F("cycle_counts__len"))),
                        name="cycle_histogram_is_paired",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lead_days__len", models.F("lead_counts__len"))),
                        name="lead_histogram_is_paired",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("age_days__len", models.F("age_counts__len"))),
                        name="age_histogram_is_paired",
                    ),
                    portolan.tenancy.walls.TenantReference(field="product", name="integrations_weeklyflow_product_ref"),
                    portolan.tenancy.walls.TenantReference(field="team", name="integrations_weeklyflow_team_ref"),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkItem",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("external_id", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=120)),
                ("url", models.CharField(max_length=500)),
                ("title", models.TextField()),
                ("project_external_id", models.CharField(max_length=64)),
                ("project_key", models.CharField(max_length=64)),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("initiative", "Initiative"),
                            ("feature", "Feature"),
                            ("story", "Story"),
                            ("task", "Task"),
                            ("bug", "Bug"),
                        ],
                        max_length=10,
                    ),
                ),
                ("kind_external_id", models.CharField(max_length=64)),
                ("kind_name", models.CharField(max_length=200)),
                ("hierarchy_level", models.SmallIntegerField(default=0)),
                ("status_external_id", models.CharField(max_length=64)),
                ("status_name", models.CharField(max_length=200)),
                (
                    "status_category",
                    models.CharField(
                        choices=[("new", "To do"), ("indeterminate", "In progress"), ("done", "Done")], max_length=14
                    ),
                ),
                ("parent_external_id", models.CharField(blank=True, max_length=64, null=True)),
                ("parent_key", models.CharField(blank=True, max_length=120, null=True)),
                ("points", models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True)),
                ("assignee_external_id", models.CharField(blank=True, max_length=200)),
                ("assignee_name", models.CharField(blank=True, max_length=300)),
                ("components", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list)),
                ("labels", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list)),
                ("is_flagged", models.BooleanField(default=False)),
                ("remote_created_at", models.DateTimeField()),
                ("remote_updated_at", models.DateTimeField()),
                ("due_on", models.DateField(blank=True, null=True)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("active_seconds", models.BigIntegerField(blank=True, null=True)),
                ("entered_at", models.DateTimeField()),
                ("missing_count", models.PositiveSmallIntegerField(default=0)),
                ("deleted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "connection",
                    portolan.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="items",
                        to="integrations.connection",
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
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="work_items",
                        to="portfolio.product",
                    ),
                ),
                (
                    "team",
                    portolan.tenancy.fields.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="work_items",
                        to="portfolio.team",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "connection", "parent_external_id"], name="item_by_parent"),
                    models.Index(fields=["organization", "product", "finished_at"], name="item_by_product"),
                    models.Index(fields=["organization", "team"], name="integrations_workitem_team"),
                ],
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="integrations_workitem_wall"),
                    models.UniqueConstraint(
                        fields=("organization", "connection", "external_id"), name="an_item_is_kept_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ["initiative", "feature", "story", "task", "bug"])),
                        name="item_level_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status_category__in", ["new", "indeterminate", "done"])),
                        name="item_status_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("points", None), ("points__gte", 0), _connector="OR"),
                        name="points_are_not_negative",
                    ),
                    portolan.tenancy.walls.TenantReference(
                        field="connection", name="integrations_workitem_connection_ref"
                    ),
                    portolan.tenancy.walls.TenantReference(field="product", name="integrations_workitem_product_ref"),
                    portolan.tenancy.walls.TenantReference(field="team", name="integrations_workitem_team_ref"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Transition",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("history_id", models.CharField(max_length=64)),
                ("ordinal", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "change",
                    models.CharField(
                        choices=[
                            ("status", "Status"),
                            ("points", "Points"),
                            ("sprint", "Sprint"),
                            ("parent", "Parent"),
                            ("kind", "Kind"),
                            ("project", "Project"),
                            ("assignee", "Assignee"),
                            ("resolution", "Resolution"),
                            ("flag", "Flag"),
                        ],
                        max_length=10,
                    ),
                ),
                ("from_id", models.TextField(blank=True, null=True)),
                ("from_name", models.TextField(blank=True, null=True)),
                (
                    "from_category",
                    models.CharField(
                        blank=True,
                        choices=[("new", "To do"), ("indeterminate", "In progress"), ("done", "Done")],
                        max_length=14,
                        null=True,
                    ),
                ),
                ("to_id", models.TextField(blank=True, null=True)),
                ("to_name", models.TextField(blank=True, null=True)),
                (
                    "to_category",
                    models.CharField(
                        blank=True,
                        choices=[("new", "To do"), ("indeterminate", "In progress"), ("done", "Done")],
                        max_length=14,
                        null=True,
                    ),
                ),
                ("author_external_id", models.CharField(blank=True, max_length=200)),
                ("author_name", models.CharField(blank=True, max_length=300)),
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
                    "item",
                    portolan.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="transitions",
                        to="integrations.workitem",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "history_id", "ordinal"],
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="integrations_transition_wall"),
                    models.UniqueConstraint(
                        fields=("organization", "item", "history_id", "ordinal"), name="a_change_is_kept_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "change__in",
                                [
                                    "status",
                                    "points",
                                    "sprint",
                                    "parent",
                                    "kind",
                                    "project",
                                    "assignee",
                                    "resolution",
                                    "flag",
                                ],
                            )
                        ),
                        name="change_is_known",
                    ),
                    portolan.tenancy.walls.TenantReference(field="item", name="integrations_transition_item_ref"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ItemSprint",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sprint_external_id", models.CharField(max_length=64)),
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
                    "item",
                    portolan.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="sprints",
                        to="integrations.workitem",
                    ),
                ),
            ],
            options={
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="integrations_itemsprint_wall"),
                    models.UniqueConstraint(
                        fields=("organization", "item", "sprint_external_id"), name="an_item_is_in_a_sprint_once"
                    ),
                    portolan.tenancy.walls.TenantReference(field="item", name="integrations_itemsprint_item_ref"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ItemProgress",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("items", models.IntegerField(default=0)),
                ("items_done", models.IntegerField(default=0)),
                ("items_in_progress", models.IntegerField(default=0)),
                ("points", models.DecimalField(decimal_places=3, default=0, max_digits=14)),
                ("points_done", models.DecimalField(decimal_places=3, default=0, max_digits=14)),
                ("unestimated", models.IntegerField(default=0)),
                ("last_changed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "open_changed_on",
                    django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), default=list),
                ),
                (
                    "open_changed_counts",
                    django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("initiative", "Initiative"),
                            ("feature", "Feature"),
                            ("story", "Story"),
                            ("task", "Task"),
                            ("bug", "Bug"),
                        ],
                        max_length=10,
                    ),
                ),
                ("children", models.IntegerField(default=0, help_text="Direct ones.")),
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
                        related_name="item_progress",
                        to="portfolio.product",
                    ),
                ),
                (
                    "item",
                    portolan.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="progress",
                        to="integrations.workitem",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "product"], name="integrations_itemprog_353edf7e")],
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="integrations_itemprogress_wall"),
                    models.UniqueConstraint(fields=("organization", "item"), name="an_items_progress_is_kept_once"),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ["initiative", "feature"])), name="progress_is_of_a_group"
                    ),
                    portolan.tenancy.walls.TenantReference(field="item", name="integrations_itemprogress_item_ref"),
                    portolan.tenancy.walls.TenantReference(
                        field="product", name="integrations_itemprogress_product_ref"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkItemAlias",
            fields=[
                (
                    "id",
                    portolan.tenancy.fields.TenantKey(
                        default=portolan.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.CharField(max_length=120)),
                (
                    "item",
                    portolan.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="aliases",
                        to="integrations.workitem",
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
                "indexes": [models.Index(fields=["organization", "key"], name="alias_by_key")],
                "constraints": [
                    portolan.tenancy.walls.TenantWall(name="integrations_workitemalias_wall"),
                    models.UniqueConstraint(fields=("organization", "item", "key"), name="an_old_key_is_kept_once"),
                    portolan.tenancy.walls.TenantReference(field="item", name="integrations_workitemalias_item_ref"),
                ],
            },
        ),
    ]
