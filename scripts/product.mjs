/** What the product is called: the one place from which manifests, conditions, error codes and titles are checked. */
export const product = {
  title: 'Cepa',
  name: 'cepa',
  scope: '@cepa',
  sourceCondition: '@cepa/source',
  errorCodePrefix: 'CEPA_',
}
