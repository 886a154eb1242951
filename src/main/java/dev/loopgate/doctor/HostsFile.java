package dev.loopgate.doctor;

import java.util.ArrayList;
import java.util.List;

/** The names that this machine's own file gives to addresses: {@code /etc/hosts} (hosts(5)). */
record HostsFile(SystemFiles files, String path) {

    /** @param line counted from 1 */
    record Entry(int line, String address) {}

    static HostsFile of(SystemFiles files, String system) {
        return new HostsFile(files, system.contains("windows") ? "Windows/System32/drivers/etc/hosts" : "etc/hosts");
    }

    /** Those of a name, in the order of the file. */
    List<Entry> of(String name) {
        List<Entry> entries = new ArrayList<>();
        List<String> lines = files.lines(path);
        for (int i = 0; i < lines.size(); i++) {
            String[] words = lines.get(i).replaceFirst("#.*", "").strip().split("\\s+", -1);
            for (int j = 1; j < words.length; j++) {
                if (words[j].equalsIgnoreCase(name)) {
                    entries.add(new Entry(i + 1, words[0]));
                    break;
                }
            }
        }
        return entries;
    }

    /** As a person names it. */
    String text() {
        return files.root().resolve(path).toString();
    }
}
