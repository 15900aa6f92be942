# What each part needs from Debian 12. Sourced.
lxd_packages=(lxd lxd-client dnsmasq-base nftables iproute2 busybox-static btrfs-progs attr acl rsync squashfs-tools curl jq openssl)
debian_packages=(debootstrap openssh-client)
ceph_packages=(radosgw ceph-mon ceph-osd ceph-common curl openssl)
mail_packages=(exim4-daemon-light curl openssl)
openid_packages=(apache2-bin libapache2-mod-auth-openidc oidc-agent-cli glewlwyd dbconfig-no-thanks)
browser_packages=(chromium fonts-noto-core)
npm_packages=()
# a Node that is there already, from wherever, is as good as Debian's
node -e 'process.exit(+process.versions.node.split(".")[0] >= 18 ? 0 : 1)' 2>/dev/null && command -v npm >/dev/null || npm_packages=(nodejs npm)
if command -v chromium chromium-browser google-chrome >/dev/null; then browser_packages=(fonts-noto-core); fi
chromium_packages=("${browser_packages[@]}" poppler-utils)
