"""The web page and the HTTP API, thin layers over an opened index."""

from policyqa.web.app import create_app

__all__ = ["create_app"]
