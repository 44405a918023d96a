#!/usr/bin/env bash
# Installs the system packages that building and testing need and this machine lacks. Asks nothing; names what it can't do.
# Usage: packages.sh [proxies|browser|peers]   With `proxies`, those that the tests put in front of a server (they are not started); with `browser`, the one that
# tests open pages in. Without them these tests are skipped. With `peers`, the server that streams are measured beside: without it its column stays empty.
set -euo pipefail

missing=()
look_for() {
    missing=()
    for package in "$@"; do
        dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
    done
}

# Installs what tests can do without; without it they are skipped, with the reason that is printed here.
try_to_install() {
    local skipped=$1 advice=$2
    shift 2
    look_for "$@"
    [ ${#missing[@]} -gt 0 ] || exit 0
    if [ "$(id -u)" -ne 0 ] || { [ -n "$advice" ] && [ -d /run/systemd/system ]; }; then
        echo "$skipped: ${missing[*]} not installed. As root: apt-get install ${missing[*]}$advice" >&2
        exit 0
    fi
    echo "Installing ${missing[*]}"
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
        echo "$skipped: ${missing[*]} can't be installed:" >&2
        tail -n 3 "$log" >&2
    fi
    exit 0
}

case "${1:-}" in
    # Debian starts what it installs, on ports that are not ours to take.
    proxies) try_to_install "Tests behind proxies are skipped" ", then systemctl disable --now nginx haproxy caddy" nginx haproxy caddy ;;
    browser) try_to_install "Tests in a browser are skipped" "" chromium chromium-driver ;;
    peers) try_to_install "nchan is not measured" ", then systemctl disable --now nginx" nginx libnginx-mod-nchan ;;
esac

look_for git libsqlite3-dev libssl-dev pkg-config curl python3 python3-venv
if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" -eq 0 ]; then
        as_root=(env)
    elif sudo -n true 2>/dev/null; then
        as_root=(sudo -n)
    else
        echo "These Debian packages are missing, and this user can't install them: ${missing[*]}" >&2
        echo "As root, run: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    echo "Installing ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

if ! command -v swift >/dev/null; then
    echo "The Swift toolchain is missing: install Swift 6.3 (https://www.swift.org/install/linux/) and put it on the PATH." >&2
    exit 1
fi
