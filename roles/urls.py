"""Pages of people, departments, sites and the role catalog."""

from django.urls import path

from roles.views import (
    bulk,
    catalog,
    company,
    files,
    invitations,
    matrix,
    people,
    person_edit,
)

app_name = "roles"
urlpatterns = [
    path("people/", people.person_list, name="person-list"),
    path("people/skills/", matrix.matrix, name="skill-matrix"),
    path("people/new/", person_edit.person_create, name="person-create"),
    path("people/import/", files.people_import, name="people-import"),
    path("people/export/<slug:kind>/", files.people_export, name="people-export"),
    path("people/bulk/", bulk.person_bulk, name="person-bulk"),
    path("people/invite/", invitations.invite, name="person-invite"),
    path("people/<int:person_id>/", people.person_detail, name="person-detail"),
    path("people/<int:person_id>/edit/", person_edit.person_update, name="person-update"),
    path("people/<int:person_id>/skills/new/", person_edit.skill_create, name="skill-create"),
    path(
        "people/<int:person_id>/skills/<int:held_id>/",
        person_edit.skill_update,
        name="skill-update",
    ),
    path(
        "people/<int:person_id>/skills/<int:held_id>/remove/",
        person_edit.skill_remove,
        name="skill-remove",
    ),
    path("people/<int:person_id>/absences/new/", person_edit.absence_create, name="absence-create"),
    path(
        "people/<int:person_id>/absences/<int:absence_id>/",
        person_edit.absence_update,
        name="absence-update",
    ),
    path(
        "people/<int:person_id>/absences/<int:absence_id>/remove/",
        person_edit.absence_remove,
        name="absence-remove",
    ),
    path("people/departments/", company.department_list, name="department-list"),
    path("people/departments/new/", company.department_create, name="department-create"),
    path(
        "people/departments/<int:department_id>/edit/",
        company.department_update,
        name="department-update",
    ),
    path("people/sites/", company.site_list, name="site-list"),
    path("people/sites/new/", company.site_create, name="site-create"),
    path("people/sites/<int:site_id>/edit/", company.site_update, name="site-update"),
    path("people/roles/", catalog.role_catalog, name="role-catalog"),
    path("people/roles/skills/", catalog.skill_catalog, name="skill-catalog"),
    path("people/roles/skills/new/", catalog.skill_kind_create, name="skill-kind-create"),
    path("people/roles/map/", catalog.responsibility_map, name="responsibility-map"),
    path("people/roles/learning/", catalog.learning, name="learning"),
]
