//! The picture as a document, for screen readers: one table a process, page table, memory and disk.

use crate::components::element::{Element, el, list};
use crate::present::scene::Scene;
use crate::present::scene::chain::card_cells;
use crate::present::scene::devices::DeviceView;
use crate::present::scene::disk::Disk;
use crate::present::scene::memory::Memory;
use crate::present::scene::processes::Card;
use crate::present::scene::translation::{Table, Translation};
use yew::Html;

pub(super) fn document(scene: &Scene) -> Element {
    el("div")
        .class("stage-document")
        .children(scene.processes.iter().map(process))
        .child(translation(&scene.translation))
        .child(memory(&scene.memory))
        .child(disk(&scene.disk))
        .children(scene.disk.devices.iter().map(device))
}

/// A table; each row has as many cells as the head.
fn table(caption: String, head: &[&'static str], rows: Vec<Vec<String>>) -> Element {
    let head = head.iter().map(|name| el("th").attr("scope", "col").child(*name));
    let rows = rows.into_iter().map(|row| el("tr").children(row.into_iter().map(|cell| el("td").child(cell))));
    el("table")
        .child(el("caption").child(caption))
        .child(el("thead").child(el("tr").children(head)))
        .child(el("tbody").children(rows))
}

fn process(card: &Card) -> Element {
    let caption = format!("Process {}, {}, {} resident", card.name, card.status, card.resident);
    let rows = card_cells(card).map(|cell| {
        let held = match (cell.frame, cell.slot) {
            (Some(pfn), _) => format!("frame {pfn}"),
            (None, Some(slot)) => format!("swap slot {slot}"),
            (None, None) => "–".to_owned(),
        };
        let dirty = if cell.dirty { ", dirty" } else { "" };
        vec![cell.va.to_string(), format!("{}{dirty}", cell.state.words()), held]
    });
    table(caption, &["page at", "state", "held by"], rows.collect())
}

fn translation(translation: &Translation) -> Html {
    let tables = translation.tables.iter().map(|table| page_table(&translation.columns, table));
    list(std::iter::once(el("p").child(&translation.title)).chain(tables))
}

fn page_table(columns: &[String], of: &Table) -> Element {
    let rows = of.rows.iter().map(|row| {
        let bits = columns.iter().zip(&row.bits).map(|(name, bit)| format!("{name} {}", u8::from(bit.on)));
        let found = row.verdict.as_ref().map_or_else(String::new, |verdict| format!(" ({verdict})"));
        let selected = if row.selected { ", selected" } else { "" };
        vec![
            format!("{}{selected}", row.label),
            bits.collect::<Vec<_>>().join(", "),
            format!("{}{found}", row.target),
            format!("{:#x}", row.raw),
        ]
    });
    table(format!("{}, {}", of.name, of.note), &["entry", "bits", "points at", "as a number"], rows.collect())
}

fn memory(memory: &Memory) -> Element {
    let caption = format!("Memory, {} frames free", memory.free);
    let rows = memory.frames.iter().filter(|frame| !frame.free).map(|frame| {
        let mappers: Vec<&str> = frame.mappers.iter().map(|badge| badge.text.as_str()).collect();
        let dirty = if frame.dirty { "yes" } else { "no" };
        vec![frame.pfn.to_string(), frame.holder.clone(), frame.content.clone(), mappers.join(" "), dirty.to_owned()]
    });
    table(caption, &["frame", "holds", "content", "mapped by", "dirty"], rows.collect())
}

fn device(device: &DeviceView) -> Element {
    let blocks = device.memory.blocks.iter().map(|block| vec![format!("page {}", block.page), block.content.clone()]);
    let reach = device
        .reach
        .iter()
        .map(|reach| vec![format!("its address {}", reach.address), format!("frame {}, {}", reach.pfn, reach.rights)]);
    let caption = format!("{}, {}", device.memory.name, device.memory.size);
    table(caption, &["place", "holds or leads to"], blocks.chain(reach).collect())
}

fn disk(disk: &Disk) -> Element {
    let rows = disk.files.iter().flat_map(|file| {
        file.blocks.iter().map(|block| {
            let older = if block.stale { ", older than memory" } else { "" };
            vec![file.name.clone(), format!("{}{older}", block.page), block.content.clone()]
        })
    });
    table("Disk".to_owned(), &["file", "page", "content"], rows.collect())
}
