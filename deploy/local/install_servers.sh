#!/bin/sh
# Installs server packages without letting them start, or make, anything of their own.
# Needs root. Usage: install_servers.sh PACKAGE...
set -eu

guard=/usr/sbin/policy-rc.d
clusters=/etc/postgresql-common/createcluster.d
mark="# placed by tellus while it installs packages; may be removed"
saved=""

restore() {
    if [ -n "$saved" ]; then mv -f "$saved" "$guard"; else rm -f "$guard"; fi
    rm -f "$clusters/zz-tellus.conf"
    rmdir "$clusters" /etc/postgresql-common 2>/dev/null || true
}

# A guard of our own that an interrupted run left behind is not worth keeping; anybody else's is put back.
if [ -e "$guard" ] && ! grep -qF "$mark" "$guard"; then
    saved="$guard.tellus-saved"
    cp -p "$guard" "$saved"
fi
trap restore EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
printf '#!/bin/sh\n%s\nexit 101\n' "$mark" > "$guard"
chmod 755 "$guard"
mkdir -p "$clusters"
echo "create_main_cluster = false" > "$clusters/zz-tellus.conf"

# Only what these packages bring is kept from starting with the machine; services that were here stay as they are.
units=""
for unit in postgresql.service rabbitmq-server.service epmd.service epmd.socket; do
    if [ ! -e "/lib/systemd/system/$unit" ]; then units="$units $unit"; fi
done

export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
apt-get -o DPkg::Lock::Timeout=400 -q update
apt-get -o DPkg::Lock::Timeout=400 -q -y install --no-install-recommends "$@"

if command -v systemctl >/dev/null; then
    for unit in $units; do
        if [ -e "/lib/systemd/system/$unit" ]; then systemctl --quiet disable "$unit" 2>/dev/null || true; fi
    done
fi
