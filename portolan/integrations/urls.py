from django.urls import path

from portolan.integrations.views import access, connections, mapping, runs

app_name = "integrations"
ONE = "connections/<uuid:connection_id>/"
urlpatterns = [
    path("connections/", connections.connection_list, name="connection-list"),
    path("connections/new/", connections.connection_new, name="connection-new"),
    path(ONE, connections.connection, name="connection"),
    path(f"{ONE}pause/", connections.pause, name="pause"),
    path(f"{ONE}disconnection/", connections.disconnection, name="disconnection"),
    path(f"{ONE}access/", access.access, name="access"),
    path(f"{ONE}check/", access.check, name="check"),
    path(f"{ONE}mapping/", mapping.mapping, name="mapping"),
    path(f"{ONE}mapping/new/", mapping.part_new, name="part-new"),
    path(f"{ONE}mapping/components/", mapping.components, name="components"),
    path(f"{ONE}mapping/preview/", mapping.preview, name="preview"),
    path(f"{ONE}mapping/projects/<str:project>/", mapping.project, name="project"),
    path(f"{ONE}mapping/parts/<uuid:project_mapping_id>/", mapping.part, name="part"),
    path(f"{ONE}mapping/levels/<uuid:level_choice_id>/", mapping.level, name="level"),
    path(f"{ONE}mapping/fields/<uuid:field_choice_id>/", mapping.field, name="field"),
    path(f"{ONE}runs/", runs.run_list, name="run-list"),
    path(f"{ONE}runs/<uuid:sync_run_id>/", runs.run, name="run"),
    path(f"{ONE}runs/<uuid:sync_run_id>/cancellation/", runs.cancellation, name="run-cancellation"),
    path(f"{ONE}runs/<uuid:sync_run_id>/resumption/", runs.resumption, name="run-resumption"),
]
