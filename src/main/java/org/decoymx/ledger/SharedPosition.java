package org.decoymx.ledger;

/**
 * How far a partition of a topic was read.
 *
 * @param topic the name of the topic
 * @param topicId the id of the topic; a topic that was deleted and created again has another one
 * @param partition the partition, from 0
 * @param offset the offset of the next record to be read
 */
public record SharedPosition(String topic, String topicId, int partition, long offset) {}
