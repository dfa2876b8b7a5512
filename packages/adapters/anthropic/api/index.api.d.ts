// The public surface of @cepa/adapter-anthropic. `npm run api` writes this file; a change in it is a change for users.

import type { Adapter } from '@cepa/core'
import type { ApiKey } from '@cepa/transport'
import type { ChatRequest } from '@cepa/core'
import type { Fetch } from '@cepa/transport'
import type { OutsideOptions } from '@cepa/transport'
import type { SdkClient } from '@cepa/transport'

export interface AnthropicAdapter extends Adapter {
    countTokens(request: ChatRequest, options?: OutsideOptions): Promise<number>;
}

export interface AnthropicOptions {
    readonly apiKey?: ApiKey;
    readonly authToken?: ApiKey;
    readonly baseUrl?: string;
    readonly version?: string;
    readonly beta?: readonly string[];
    readonly maxOutputTokens?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly fetch?: Fetch;
    readonly client?: SdkClient;
    readonly maxEventBytes?: number;
    readonly maxAnswerBytes?: number;
    readonly name?: string;
}

export function anthropic(options?: AnthropicOptions): AnthropicAdapter;
