// The public surface of @cepa/middleware-logging/opentelemetry. `npm run api` writes this file; a change in it is a change for users.

import type { Logger } from '@cepa/core'

export type AttributeValue = string | number | boolean | null | undefined | AttributeValue[] | {
    [name: string]: AttributeValue;
};

export interface OpenTelemetryLike {
    emit(record: {
        severityNumber: number;
        severityText: string;
        body: string;
        attributes: {
            [name: string]: AttributeValue;
        };
    }): void;
}

export const openTelemetryLogger: (logger: OpenTelemetryLike) => Logger;
