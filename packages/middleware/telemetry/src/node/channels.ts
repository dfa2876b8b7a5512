import { channel } from 'node:diagnostics_channel'
import type { CallRecord, GroupRecord, RecordedNote, TelemetryItem } from '@cepa/core'
import type { Publisher } from '../hub/publisher.ts'

/** Names of the channels that the Node entry publishes on: what a message is. */
export const CHANNELS = { call: 'cepa:call', group: 'cepa:group', note: 'cepa:note' } as const

/** What the channels carry. */
export interface ChannelMessages {
  readonly 'cepa:call': CallRecord
  readonly 'cepa:group': GroupRecord
  readonly 'cepa:note': RecordedNote
}

const channels = {
  call: channel(CHANNELS.call),
  group: channel(CHANNELS.group),
  note: channel(CHANNELS.note),
}

/** Publishes records, groups and notes on Node's diagnostics channels while somebody subscribes to them. */
export const channelPublisher: Publisher = {
  wants: (type) => channels[type].hasSubscribers,
  publish(item: TelemetryItem) {
    if (item.type === 'call') channels.call.publish(item.record)
    else if (item.type === 'group') channels.group.publish(item.group)
    else if (item.type === 'note') channels.note.publish(item.note)
  },
}
