"""Addresses of what a person is told."""

from django.urls import path

from . import choosing, own_chat, previewing, stopping

urlpatterns = [
    path("me/messages/", choosing.choose, name="messages"),
    path("me/messages/chat/", own_chat.save, name="own-chat"),
    path("me/messages/chat/test/", own_chat.test, name="own-chat-test"),
    path("me/messages/chat/remove/", own_chat.remove, name="own-chat-remove"),
    path("messages/preview/", previewing.preview, name="previews"),
    path("messages/preview/<slug:key>/", previewing.preview, name="preview"),
    path("messages/preview/<slug:key>/mail/", previewing.mail, name="preview-mail"),
    path("messages/stop/<str:token>/", stopping.stop, name="stop"),
]
