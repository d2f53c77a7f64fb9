package org.decoymx.support;

import java.util.List;

/**
 * What a check of the configuration found, each in one line.
 *
 * @param problems what stops the start
 * @param warnings what does not
 */
public record ConfigReport(List<String> problems, List<String> warnings) {}
