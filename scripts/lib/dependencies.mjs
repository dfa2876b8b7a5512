// The sections of a manifest that name dependencies.

const productionSections = ['dependencies', 'peerDependencies', 'optionalDependencies']

/** Dependencies that users get or are asked to bring: [section, name, range]. */
export function productionDependencies(manifest) {
  return productionSections.flatMap((section) =>
    Object.entries(manifest[section] ?? {}).map(([name, range]) => [section, name, range]),
  )
}

/** All dependencies with the development ones: [section, name, range]. */
export function allDependencies(manifest) {
  const development = Object.entries(manifest.devDependencies ?? {})
  return [...productionDependencies(manifest), ...development.map(([name, range]) => ['devDependencies', name, range])]
}
