# Makes the certificates and kubeconfigs of a new cluster in /run/pki. Source it after env.sh.
# shellcheck shell=bash disable=SC2154 # variables of env.sh

openssl_quietly() { openssl "$@" 2>>/run/cluster/log/certificates.log; }

make_key() { openssl_quietly genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"; }

# NAME SUBJECT [alternative names]
make_certificate() {
  make_key "$1"
  openssl_quietly req -new -key "$1.key" -subj "$2" -out "$1.csr"
  openssl_quietly x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 7 -out "$1.crt" \
    -extfile <(printf 'extendedKeyUsage=serverAuth,clientAuth\n%s' "${3:+subjectAltName=$3}")
}

# NAME: for the client certificate of the same name.
make_kubeconfig() {
  kubectl config --kubeconfig "$1.conf" set-cluster here --server "https://$address:6443" \
    --certificate-authority ca.crt --embed-certs
  kubectl config --kubeconfig "$1.conf" set-credentials me --client-certificate "$1.crt" \
    --client-key "$1.key" --embed-certs
  kubectl config --kubeconfig "$1.conf" set-context it --cluster here --user me
  kubectl config --kubeconfig "$1.conf" use-context it
} >/dev/null

make_certificates() {
  mkdir -p /run/pki
  cd /run/pki || return
  make_key ca
  openssl_quietly req -x509 -new -key ca.key -subj /CN=cluster -days 7 -out ca.crt
  make_key service-accounts
  openssl_quietly pkey -in service-accounts.key -pubout -out service-accounts.pub
  make_certificate apiserver /CN=kube-apiserver \
    "DNS:kubernetes,DNS:kubernetes.default.svc,IP:127.0.0.1,IP:$address,IP:${services%.*}.1"
  make_certificate kubelet /CN=kubelet "DNS:$node,IP:$address"
  local client
  while read -r client subject; do
    make_certificate "$client" "$subject"
    make_kubeconfig "$client"
  done <<END
admin /O=system:masters/CN=admin
controllers /CN=system:kube-controller-manager
scheduler /CN=system:kube-scheduler
proxy /CN=system:kube-proxy
node /O=system:nodes/CN=system:node:$node
END
}
