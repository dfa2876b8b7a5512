// The public surface of @cepa/adapter-openai. `npm run api` writes this file; a change in it is a change for users.

import type { Adapter } from '@cepa/core'
import type { ApiKey } from '@cepa/transport'
import type { Fetch } from '@cepa/transport'
import type { SdkClient } from '@cepa/transport'

export { ApiKey } from '@cepa/transport'

export interface OpenaiOptions {
    readonly apiKey?: ApiKey;
    readonly baseUrl?: string;
    readonly organization?: string;
    readonly project?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly fetch?: Fetch;
    readonly client?: SdkClient;
    readonly maxEventBytes?: number;
    readonly maxAnswerBytes?: number;
    readonly streamUsage?: boolean;
    readonly name?: string;
}

export function openai(options?: OpenaiOptions): Adapter;
