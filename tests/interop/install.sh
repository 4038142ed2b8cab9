#!/bin/sh
# What the tests beside this file need, from Debian: WordPress, PHP, and MariaDB without its service.
set -eu

# The package of WordPress insists on a web server, and gets the smallest there is. That one wants to
# be started by another program: netcat counts as one, and starts nothing.
wanted="mariadb-client mariadb-server-core micro-httpd netcat-traditional php-cli php-mbstring php-mysql php-xml
    wordpress wordpress-theme-twentytwentyone"

# shellcheck disable=SC2086
if dpkg -s $wanted >/dev/null 2>&1; then exit 0; fi
if [ "$(id -u)" = 0 ]; then as_root=""; else as_root="sudo"; fi
# Masked before it comes, the web server's socket is never opened.
if command -v systemctl >/dev/null; then $as_root systemctl mask micro-httpd.socket; fi
$as_root apt-get update -q
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $wanted
