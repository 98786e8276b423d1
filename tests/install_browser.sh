#!/bin/sh
# The page's tests drive Debian's Chromium. Install it where that is possible.
set -eu
if command -v chromium >/dev/null 2>&1; then exit 0; fi
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null
else
    echo "chromium is missing and cannot be installed here: the page's tests will be skipped" >&2
fi
