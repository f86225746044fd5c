"""--config.auto-reload: files that change, as Kubernetes changes them too."""

from reloading import INTERVAL, REFUSED, ReloadTest


class AutoReloadTest(ReloadTest):
    def config_map(self, name, text):
        """Mounts the file as Kubernetes does: file -> ..data/file, ..data -> a folder."""
        version = self.folder / f"..{name}"
        version.mkdir()
        (version / "config.yml").write_text(text)
        link = self.folder / "..data_tmp"
        link.symlink_to(version.name)
        link.rename(self.folder / "..data")
        if not self.config.is_symlink():
            self.config.symlink_to("..data/config.yml")

    def test_a_config_map(self):
        text = f"ipfs.api: none\npeer.stats: {self.peer('one')}\npeer.interval: {{}}\n"
        self.config_map("first", text.format("1h"))
        exporter = self.started("--config.auto-reload")
        self.config_map("second", text.format("2h"))
        self.wait_outcome(exporter)
        self.assertEqual(exporter.page().value(INTERVAL, collector="peer.one"), 7200)
        self.config_map("third", "bad")
        self.wait_outcome(exporter, REFUSED)
        self.config_map("fourth", text.format("3h"))
        self.wait_outcome(exporter)
        self.assertEqual(exporter.page().value(INTERVAL, collector="peer.one"), 3 * 3600)
        self.assertEqual(sum(line.get("msg", "").startswith("configuration ")
                             for line in exporter.log), 3)

    def test_the_mapping_file(self):
        mapping = self.folder / "mapping.yml"
        self.write(ipfs_api="none", peer_stats=self.peer("one"), peer_mapping=mapping)
        self.write_text(mapping, "rules:\n- {path: /a, name: first, help: A.}\n")
        exporter = self.started("--config.auto-reload")
        self.write_text(mapping, "rules:\n- {path: /a, name: second, help: A.}\n")
        self.wait_outcome(exporter)
        exporter.wait_poll("peer.one", after=self.at)
        self.assertEqual(exporter.page().value("peer_second", peer="one"), 1)

    def test_a_file_that_appears_later(self):
        peer, mapping = self.peer("one"), self.folder / "mapping.yml"
        self.write(ipfs_api="none", peer_stats=peer)
        exporter = self.started("--config.auto-reload")
        self.write(ipfs_api="none", peer_stats=peer, peer_mapping=mapping)
        self.wait_outcome(exporter, REFUSED)
        self.write_text(mapping, "rules:\n- {path: /a, name: late, help: A.}\n")
        self.wait_outcome(exporter)
