import type { Attributes } from '@opentelemetry/api'
import type { InstrumentationScope } from '@opentelemetry/core'
import {
  defaultResource,
  detectResources,
  type Resource,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
  serviceNameEnvDetector,
} from '@opentelemetry/resources'

/** Who tells something: the service, and the library in it. One object of each for everything: encoders tell them apart by identity. */
export interface Origin {
  readonly resource: Resource
  readonly scope: InstrumentationScope
}

/** What the options say of the service. */
export interface ResourceOptions {
  readonly serviceName?: string | undefined
  readonly resource?: Attributes | undefined
}

/**
 * The resource of everything that is sent: what the options say, before `OTEL_SERVICE_NAME`, before `OTEL_RESOURCE_ATTRIBUTES`, before an
 * id of this process and OpenTelemetry's defaults.
 *
 * @see https://opentelemetry.io/docs/specs/otel/resource/sdk/
 */
export function resourceOf({ serviceName, resource = {} }: ResourceOptions): Resource {
  const detectors = [serviceInstanceIdDetector, resourceAttributesEnvDetector, serviceNameEnvDetector]
  return defaultResource()
    .merge(detectResources({ detectors }))
    .merge(resourceFromAttributes({ ...resource, ...(serviceName !== undefined && { 'service.name': serviceName }) }))
}

/** The instrumentation scope. */
export const scopeOf = (schemaUrl: string | undefined): InstrumentationScope => ({
  name: '@cepa/exporter-otlp',
  ...(schemaUrl !== undefined && { schemaUrl }),
})
