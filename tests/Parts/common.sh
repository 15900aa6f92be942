# Sourced by the scripts of this folder: where a part lives, what is installed, how a process is started, awaited and ended.
export LC_ALL=C DEBIAN_FRONTEND=noninteractive PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
parts_folder=${PORTAL_PARTS_DIR:-/var/lib/portal-parts}
cache_folder=${PORTAL_PARTS_CACHE:-$([ "$(id -u)" = 0 ] && echo /var/cache/portal-parts || echo "${XDG_CACHE_HOME:-$HOME/.cache}/portal-parts")}
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)

say() { printf '[%s] %s\n' "${0##*/}" "$*" >&2; }
die() { say "ERROR: $*"; exit 1; }

# A number from 0 to $1 - 1 that the parts folder decides, so that two folders rarely want the same port or bridge.
folder_number() { printf '%d' $(( 0x$(printf '%s' "$parts_folder" | sha256sum | cut -c1-7) % $1 )); }

port_is_free() { ! { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null; }

# first_free_ports COUNT FROM: the first port of COUNT consecutive free ones, looked for from FROM upwards.
first_free_ports() {
  local first offset
  for ((first = $2; first < $2 + 4000; first += $1)); do
    for ((offset = 0; offset < $1; offset++)); do port_is_free $((first + offset)) || continue 2; done
    echo "$first"
    return 0
  done
  die "no $1 free ports from $2 upwards"
}

# wait_for SECONDS COMMAND...: true as soon as the command succeeds, false when the time is over.
wait_for() {
  local end=$((SECONDS + $1)); shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
}

# A pid file holds "PID STARTTIME": a pid that the system has given to another process is never taken for ours.
start_time() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
is_zombie() { grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null; }
write_pid() { echo "$2 $(start_time "$2")" >"$1"; }
runs() {
  local pid started
  [ -r "$1" ] && read -r pid started <"$1" || return 1
  [ -n "$pid" ] && [ "$(start_time "$pid")" = "$started" ] && ! is_zombie "$pid"
}

# start FILE LOG COMMAND...: runs the command in a session of its own, so that a Ctrl-C on the terminal leaves it to `stop`.
start() {
  local file=$1 log=$2; shift 2
  ( cd /; exec 9>&-; exec setsid "$@" </dev/null >>"$log" 2>&1 ) &
  write_pid "$file" $!
}

# stop FILE SECONDS: SIGTERM to the process of the pid file, SIGKILL when it is still there after that time.
stop() {
  local pid tries
  if runs "$1"; then
    pid=$(cut -d' ' -f1 "$1")
    kill -TERM "$pid" 2>/dev/null
    for ((tries = $2 * 10; tries > 0; tries--)); do runs "$1" || break; sleep 0.1; done
    if runs "$1"; then say "process $pid did not end in $2 s: SIGKILL"; kill -KILL "$pid" 2>/dev/null; sleep 0.2; fi
  fi
  rm -f "$1"
}

# on_failure COMMAND: when the script ends with an error, shows the last log lines of $folder and runs the command.
on_failure() { trap "code=\$?; [ \$code = 0 ] || { tail -n 5 \"\$folder\"/log/* >&2 2>/dev/null; $*; }" EXIT; }

# removable FOLDER: refuses what no script of ours can have made.
removable() {
  case $1 in /|/tmp|/var|/var/tmp|/var/lib|/root|/home|/etc|/usr|"") die "will not remove '$1'" ;; /*/*) ;; *) die "will not remove '$1'" ;; esac
}

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing_packages() { local package; for package in "$@"; do is_installed "$package" || echo "$package"; done; }

# install_packages PACKAGE...: says what is missing and installs it, in bounded time; no service is started by it.
install_packages() {
  local missing log forbids_services=
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "${PORTAL_PARTS_INSTALL:-1}" = 1 ] || die "not installed: ${missing[*]}"
  command -v apt-get >/dev/null || die "apt-get is missing; install by hand: ${missing[*]}"
  [ "$(id -u)" = 0 ] || die "only root may install: ${missing[*]}"
  say "installing ${missing[*]}"
  # its installation wants a PostgreSQL unless it is told that somebody else configures it
  if [[ " ${missing[*]} " == *" glewlwyd "* ]]; then
    install -d /etc/glewlwyd
    touch /etc/glewlwyd/glewlwyd.conf
    echo "glewlwyd glewlwyd/config_type select No configuration" | debconf-set-selections
  fi
  log=$(mktemp)
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod 755 /usr/sbin/policy-rc.d
    forbids_services=ours
  fi
  if ! { apt 120 update && apt 600 install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    [ -z "$forbids_services" ] || rm -f /usr/sbin/policy-rc.d
    die "apt-get could not install ${missing[*]}"
  fi
  [ -z "$forbids_services" ] || rm -f /usr/sbin/policy-rc.d
  rm -f "$log"
}

# Another apt-get may hold one of its locks: the package lock is awaited by apt itself, the list lock is tried again here.
apt() {
  local seconds=$1 tries; shift
  for tries in 1 2 3 4 5 6 7 8; do
    timeout -k 5 "$seconds" apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=2 -o Dpkg::Use-Pty=0 "$@" </dev/null && return 0
    [ "$tries" -lt 8 ] && sleep 3
  done
  return 1
}

# certificate FOLDER NAME: a little authority (ca.crt) and a certificate for localhost signed by it (NAME.crt, NAME.key).
certificate() {
  local folder=$1 name=$2 curve=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
  openssl req -x509 "${curve[@]}" -days 3650 -subj "/CN=Portal test authority" -keyout "$folder/ca.key" -out "$folder/ca.crt" 2>/dev/null
  openssl req "${curve[@]}" -subj /CN=localhost -keyout "$folder/$name.key" -out "$folder/$name.csr" 2>/dev/null
  printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n' >"$folder/extensions"
  openssl x509 -req -in "$folder/$name.csr" -CA "$folder/ca.crt" -CAkey "$folder/ca.key" -CAcreateserial -days 3650 \
    -extfile "$folder/extensions" -out "$folder/$name.crt" 2>/dev/null
  chmod 600 "$folder"/*.key
}
