"""The local web app: from a phone's video to the report in a browser, on this machine alone (``gait serve``)."""
