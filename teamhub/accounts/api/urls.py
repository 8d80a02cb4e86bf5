from django.urls import path

from teamhub.accounts.api.views import TokenView

app_name = "accounts"
urlpatterns = [path("token/", TokenView.as_view(), name="token")]
