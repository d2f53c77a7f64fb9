package org.decoymx.smtp.server;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.decoymx.smtp.protocol.Persona;

/** Loads a built-in persona or a persona file of the user. */
final class PersonaLoader {
    private static final String DEFAULT = "classic";
    private static final List<String> BUILT_IN = List.of(DEFAULT, "postfix", "exim", "sendmail", "exchange");

    private PersonaLoader() {}

    /**
     * @param name a built-in persona, or the path of a properties file; classic supplies the keys that the file omits
     * @throws IllegalArgumentException if the name is neither, or the file is not valid; the message says why
     */
    static Persona load(String name, String hostname, long maxSize) {
        try {
            if (BUILT_IN.contains(name)) {
                return new Persona(loadBuiltIn(name), hostname, maxSize);
            }
            Map<String, String> properties = loadBuiltIn(DEFAULT);
            try (Reader file = Files.newBufferedReader(Path.of(name), StandardCharsets.UTF_8)) {
                properties.putAll(readProperties(file));
            }
            return new Persona(properties, hostname, maxSize);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "'" + name + "' is not a built-in persona (" + String.join(", ", BUILT_IN)
                            + ") and not a readable persona file",
                    e);
        }
    }

    private static Map<String, String> loadBuiltIn(String name) throws IOException {
        String resource = "personas/" + name + ".properties";
        try (InputStream stream = Persona.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new FileNotFoundException(resource);
            }
            return readProperties(new InputStreamReader(stream, StandardCharsets.UTF_8));
        }
    }

    private static Map<String, String> readProperties(Reader reader) throws IOException {
        Properties properties = new Properties();
        properties.load(reader);
        Map<String, String> result = new HashMap<>();
        properties.stringPropertyNames().forEach(key -> result.put(key, properties.getProperty(key)));
        return result;
    }
}
