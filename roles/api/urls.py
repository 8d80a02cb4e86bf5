"""Addresses under /api/v1/roles/; load/ belongs to the plan and is mounted beside them."""

from django.urls import path

from roles.api import bulk, people

app_name = "roles"
urlpatterns = [
    path("people/", people.PersonList.as_view(), name="person-list"),
    path("people/bulk/", bulk.PeopleBulk.as_view(), name="people-bulk"),
    path("people/<int:pk>/", people.PersonDetail.as_view(), name="person-detail"),
    path("departments/", people.DepartmentList.as_view(), name="department-list"),
    path("sites/", people.SiteList.as_view(), name="site-list"),
    path("roles/", people.RoleList.as_view(), name="role-list"),
    path("skills/", people.SkillList.as_view(), name="skill-list"),
    path("import/", people.PeopleImport.as_view(), name="people-import"),
]
