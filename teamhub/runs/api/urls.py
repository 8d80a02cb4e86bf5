from rest_framework.routers import SimpleRouter

from teamhub.runs.api.views import RunViewSet

router = SimpleRouter()
router.register("", RunViewSet, basename="run")
urlpatterns = router.urls
