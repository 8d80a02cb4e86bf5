from django.urls import path

from teamhub.accounts.views import sessions, tokens, users

app_name = "accounts"
urlpatterns = [
    path("login/", sessions.LoginPage.as_view(), name="login"),
    path("logout/", sessions.log_out, name="logout"),
    path("me/", sessions.account, name="account"),
    path("password/", sessions.password_change, name="password-change"),
    path("forgotten/", sessions.forgotten, name="forgotten"),
    path("forgotten/asked/", sessions.forgotten_asked, name="forgotten-asked"),
    path("link/<str:secret>/", sessions.link, name="link"),
    path("tokens/", tokens.token_list, name="token-list"),
    path("tokens/create/", tokens.token_create, name="token-create"),
    path("tokens/<int:token_id>/revoke/", tokens.token_revoke, name="token-revoke"),
    path("users/", users.user_list, name="user-list"),
    path("users/invite/", users.user_invite, name="user-invite"),
    path("users/<int:user_id>/", users.user_detail, name="user-detail"),
    path("users/<int:user_id>/link/", users.user_link, name="user-link"),
    path("users/<int:user_id>/unlock/", users.user_unlock, name="user-unlock"),
]
