"""The addresses of Jira Cloud that we call, each with its documentation."""

REST = "https://developer.atlassian.com/cloud/jira/platform/rest/v3/"
AGILE = "https://developer.atlassian.com/cloud/jira/software/rest/"

# REST + api-group-server-info/#api-rest-api-3-serverinfo-get
SERVER_INFO = "/rest/api/3/serverInfo"
# REST + api-group-myself/#api-rest-api-3-myself-get
MYSELF = "/rest/api/3/myself"
# REST + api-group-issue-fields/#api-rest-api-3-field-get
FIELDS = "/rest/api/3/field"
# REST + api-group-workflow-statuses/#api-rest-api-3-status-get
STATUSES = "/rest/api/3/status"
# REST + api-group-issue-types/#api-rest-api-3-issuetype-get
KINDS = "/rest/api/3/issuetype"
# REST + api-group-projects/#api-rest-api-3-project-search-get
PROJECTS = "/rest/api/3/project/search"
# REST + api-group-project-components/#api-rest-api-3-project-projectidorkey-components-get
COMPONENTS = "/rest/api/3/project/{project}/components"
# REST + api-group-issue-search/#api-rest-api-3-search-jql-post
SEARCH = "/rest/api/3/search/jql"
# REST + api-group-issue-search/#api-rest-api-3-search-approximate-count-post
COUNT = "/rest/api/3/search/approximate-count"
# REST + api-group-issues/#api-rest-api-3-issue-bulkfetch-post
BULK_FETCH = "/rest/api/3/issue/bulkfetch"
# REST + api-group-issues/#api-rest-api-3-changelog-bulkfetch-post
BULK_CHANGELOG = "/rest/api/3/changelog/bulkfetch"
# REST + api-group-issues/#api-rest-api-3-issue-issueidorkey-changelog-get
CHANGELOG = "/rest/api/3/issue/{issue}/changelog"
# AGILE + api-group-board/#api-rest-agile-1-0-board-get
BOARDS = "/rest/agile/1.0/board"
# AGILE + api-group-board/#api-rest-agile-1-0-board-boardid-configuration-get
BOARD_CONFIGURATION = "/rest/agile/1.0/board/{board}/configuration"
# AGILE + api-group-board/#api-rest-agile-1-0-board-boardid-sprint-get
BOARD_SPRINTS = "/rest/agile/1.0/board/{board}/sprint"
