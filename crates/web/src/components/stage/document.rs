//! The picture as a document, for screen readers: one table a process, page table, memory and disk.

use crate::present::scene::Scene;
use crate::present::scene::chain::card_cells;
use crate::present::scene::devices::DeviceView;
use crate::present::scene::disk::Disk;
use crate::present::scene::memory::Memory;
use crate::present::scene::processes::Card;
use crate::present::scene::translation::{Table, Translation};
use yew::prelude::*;

pub(super) fn document(scene: &Scene) -> Html {
    html! {
        <div class="stage-document">
            { for scene.processes.iter().map(process) }
            { translation(&scene.translation) }
            { memory(&scene.memory) }
            { disk(&scene.disk) }
            { for scene.disk.devices.iter().map(device) }
        </div>
    }
}

fn table<const N: usize>(caption: String, head: [&'static str; N], rows: impl Iterator<Item = [String; N]>) -> Html {
    html! {
        <table>
            <caption>{ caption }</caption>
            <thead><tr>{ for head.map(|name| html! { <th scope="col">{ name }</th> }) }</tr></thead>
            <tbody>
                { for rows.map(|row| html! { <tr>{ for row.map(|cell| html! { <td>{ cell }</td> }) }</tr> }) }
            </tbody>
        </table>
    }
}

fn process(card: &Card) -> Html {
    let caption = format!("Process {}, {}, {} resident", card.name, card.status, card.resident);
    let rows = card_cells(card).map(|cell| {
        let held = match (cell.frame, cell.slot) {
            (Some(pfn), _) => format!("frame {pfn}"),
            (None, Some(slot)) => format!("swap slot {slot}"),
            (None, None) => "–".to_owned(),
        };
        let dirty = if cell.dirty { ", dirty" } else { "" };
        [cell.va.to_string(), format!("{}{dirty}", cell.state.words()), held]
    });
    table(caption, ["page at", "state", "held by"], rows)
}

fn translation(translation: &Translation) -> Html {
    html! {
        <>
            <p>{ &translation.title }</p>
            { for translation.tables.iter().map(page_table) }
        </>
    }
}

fn page_table(of: &Table) -> Html {
    let rows = of.rows.iter().map(|row| {
        let bits = of.columns.iter().zip(&row.bits).map(|(name, bit)| format!("{name} {}", u8::from(bit.on)));
        let found = row.verdict.as_ref().map_or_else(String::new, |verdict| format!(" ({verdict})"));
        let selected = if row.selected { ", selected" } else { "" };
        [
            format!("{}{selected}", row.label),
            bits.collect::<Vec<_>>().join(", "),
            format!("{}{found}", row.target),
            format!("{:#x}", row.raw),
        ]
    });
    table(format!("{}, {}", of.name, of.note), ["entry", "bits", "points at", "as a number"], rows)
}

fn memory(memory: &Memory) -> Html {
    let caption = format!("Memory, {} frames free", memory.free);
    let rows = memory.frames.iter().filter(|frame| !frame.free).map(|frame| {
        let mappers: Vec<&str> = frame.mappers.iter().map(|badge| badge.text.as_str()).collect();
        let dirty = if frame.dirty { "yes" } else { "no" };
        [frame.pfn.to_string(), frame.holder.clone(), frame.content.clone(), mappers.join(" "), dirty.to_owned()]
    });
    table(caption, ["frame", "holds", "content", "mapped by", "dirty"], rows)
}

fn device(device: &DeviceView) -> Html {
    let blocks = device.memory.blocks.iter().map(|block| [format!("page {}", block.page), block.content.clone()]);
    let reach = device
        .reach
        .iter()
        .map(|reach| [format!("its address {}", reach.address), format!("frame {}, {}", reach.pfn, reach.rights)]);
    let caption = format!("{}, {}", device.memory.name, device.memory.size);
    table(caption, ["place", "holds or leads to"], blocks.chain(reach))
}

fn disk(disk: &Disk) -> Html {
    let rows = disk.files.iter().flat_map(|file| {
        file.blocks.iter().map(|block| {
            let older = if block.stale { ", older than memory" } else { "" };
            [file.name.clone(), format!("{}{older}", block.page), block.content.clone()]
        })
    });
    table("Disk".to_owned(), ["file", "page", "content"], rows)
}
