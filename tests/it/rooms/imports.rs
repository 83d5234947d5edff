//! Which file of the workspace takes what from which: the sources are parsed, and every path in them is followed through
//! re-exports to the file that defines the name. Tests are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};

/// A file of a crate, as the module it is.
#[derive(Debug, Default)]
pub struct Module {
    /// From the workspace's root.
    pub file: PathBuf,
    /// The crate's name and the modules below it: `["bedtrack_film", "pure", "boxes"]`.
    pub path: Vec<String>,
    /// Lines, those of tests inside the file left out.
    pub lines: usize,
    /// What a name in this module stands for, where it came by a `use`.
    brought: BTreeMap<String, Vec<String>>,
    /// Modules whose every name was brought.
    globs: Vec<Vec<String>>,
    /// What the file defines itself.
    defined: BTreeSet<String>,
    /// Every path that its code names, whole.
    named: BTreeSet<Vec<String>>,
}

/// The files of a workspace, and what each takes from the others.
pub struct Imports {
    pub modules: Vec<Module>,
    by_path: BTreeMap<Vec<String>, usize>,
}

impl Imports {
    /// Reads the sources of the crates that `roots` names: a crate's name and its source folder, from `workspace`.
    pub fn of(workspace: &Path, roots: &[(String, PathBuf)]) -> Self {
        let mut modules = Vec::new();
        for (name, folder) in roots {
            read(workspace, folder, vec![name.clone()], "lib.rs", &mut modules);
        }
        let by_path = modules.iter().enumerate().map(|(at, module)| (module.path.clone(), at)).collect();
        Self { modules, by_path }
    }

    /// For each file that takes something from another: the other's number and the names taken.
    pub fn arrows(&self) -> BTreeMap<usize, BTreeMap<usize, BTreeSet<String>>> {
        let mut arrows: BTreeMap<usize, BTreeMap<usize, BTreeSet<String>>> = BTreeMap::new();
        for (from, module) in self.modules.iter().enumerate() {
            for path in &module.named {
                let Some((to, name)) = self.home(path, 0) else { continue };
                if to != from {
                    arrows.entry(from).or_default().entry(to).or_default().insert(name);
                }
            }
        }
        arrows
    }

    /// The file in which a path ends, and the name it ends with.
    fn home(&self, path: &[String], depth: usize) -> Option<(usize, String)> {
        let long = (1..=path.len()).rev().find(|long| self.by_path.contains_key(&path[..*long]))?;
        let at = self.by_path[&path[..long]];
        let module = &self.modules[at];
        let Some(name) = path.get(long) else { return Some((at, "itself".to_owned())) };
        if depth > 8 || module.defined.contains(name) {
            return Some((at, name.clone()));
        }
        if let Some(whole) = module.brought.get(name) {
            return self.home(whole, depth + 1);
        }
        let through = module.globs.iter().find_map(|glob| {
            let (to, found) = self.home(&[glob.as_slice(), std::slice::from_ref(name)].concat(), depth + 1)?;
            self.modules[to].defined.contains(&found).then_some((to, found))
        });
        through.or_else(|| Some((at, name.clone())))
    }

    /// The files that reach themselves along the arrows, each group sorted.
    pub fn circles(&self) -> Vec<Vec<usize>> {
        let arrows = self.arrows();
        let reached: Vec<BTreeSet<usize>> = (0..self.modules.len())
            .map(|from| {
                let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
                while let Some(at) = open.pop() {
                    open.extend(arrows.get(&at).into_iter().flat_map(BTreeMap::keys).filter(|to| seen.insert(**to)));
                }
                seen
            })
            .collect();
        let mut circles: Vec<Vec<usize>> = (0..reached.len())
            .filter(|at| reached[*at].contains(at))
            .map(|at| reached[at].iter().copied().filter(|other| reached[*other].contains(&at)).collect())
            .collect();
        circles.sort();
        circles.dedup();
        circles
    }
}

/// Reads a module's file and those of the modules that it declares, tests left out.
fn read(workspace: &Path, folder: &Path, path: Vec<String>, file: &str, modules: &mut Vec<Module>) {
    let file = folder.join(file);
    let source =
        std::fs::read_to_string(workspace.join(&file)).unwrap_or_else(|fault| panic!("{}: {fault}", file.display()));
    let parsed = syn::parse_file(&source).unwrap_or_else(|fault| panic!("{}: {fault}", file.display()));
    let mut module =
        Module { file: file.clone(), path: path.clone(), lines: source.lines().count(), ..Module::default() };
    let mut below = Vec::new();
    let mut children = BTreeSet::new();
    for item in &parsed.items {
        if let syn::Item::Mod(child) = item {
            if is_test(&child.attrs) {
                module.lines -= child.content.as_ref().map_or(0, |_| tail_of_tests(&source));
            } else if child.content.is_none() {
                below.push(child.ident.to_string());
                children.insert(child.ident.to_string());
            }
        }
    }
    let mut names = Names { module: &mut module, children, inline: Vec::new() };
    names.visit_file(&parsed);
    modules.push(module);

    let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let folder = if matches!(stem, "lib" | "main" | "mod") { folder.to_owned() } else { folder.join(stem) };
    for child in below {
        let path = [path.as_slice(), std::slice::from_ref(&child)].concat();
        if workspace.join(&folder).join(&child).join("mod.rs").exists() {
            read(workspace, &folder.join(&child), path, "mod.rs", modules);
        } else {
            read(workspace, &folder, path, &format!("{child}.rs"), modules);
        }
    }
}

/// Lines from a file's `#[cfg(test)]` to its end: tests close a file.
fn tail_of_tests(source: &str) -> usize {
    source.lines().count() - source.lines().position(|line| line == "#[cfg(test)]").unwrap_or(source.lines().count())
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || (attribute.path().is_ident("cfg")
                && attribute.parse_args::<syn::Path>().is_ok_and(|condition| condition.is_ident("test")))
    })
}

/// Gathers a file's own names and the paths that it takes.
struct Names<'a> {
    module: &'a mut Module,
    children: BTreeSet<String>,
    /// The modules inside the file in which the walk stands.
    inline: Vec<String>,
}

impl Names<'_> {
    /// A path from the crate's name down, where it leads into the workspace.
    fn whole(&self, segments: &[String]) -> Option<Vec<String>> {
        let (first, rest) = segments.split_first()?;
        let own = [self.module.path.as_slice(), &self.inline].concat();
        let mut base = match first.as_str() {
            "crate" => own[..1].to_vec(),
            "self" => own.clone(),
            "super" => own[..own.len().checked_sub(1)?].to_vec(),
            name if self.inline.is_empty() && self.children.contains(name) => [own.as_slice(), &segments[..1]].concat(),
            name if name.starts_with("bedtrack") => vec![name.to_owned()],
            _ => return None,
        };
        for segment in rest {
            if segment == "super" {
                base.pop();
            } else {
                base.push(segment.clone());
            }
        }
        Some(base)
    }

    fn tree(&mut self, tree: &syn::UseTree, before: &[String], public: bool) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.tree(&path.tree, &with(&path.ident), public),
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.tree(item, before, public)),
            syn::UseTree::Name(name) if name.ident == "self" => self.bring(before, before.last().cloned(), public),
            syn::UseTree::Name(name) => self.bring(&with(&name.ident), Some(name.ident.to_string()), public),
            syn::UseTree::Rename(name) if name.ident == "self" => {
                self.bring(before, Some(name.rename.to_string()), public)
            }
            syn::UseTree::Rename(name) => self.bring(&with(&name.ident), Some(name.rename.to_string()), public),
            syn::UseTree::Glob(_) => {
                if let Some(whole) = self.whole(before) {
                    self.module.globs.push(whole);
                }
            }
        }
    }

    /// A re-export hands a name on and takes nothing; whoever takes the name is followed to where it is defined.
    fn bring(&mut self, path: &[String], name: Option<String>, public: bool) {
        let (Some(whole), Some(name)) = (self.whole(path), name) else { return };
        if !public {
            self.module.named.insert(whole.clone());
        }
        if self.inline.is_empty() {
            self.module.brought.insert(name, whole);
        }
    }

    fn define(&mut self, name: &syn::Ident) {
        self.module.defined.insert(name.to_string());
    }
}

impl<'ast> Visit<'ast> for Names<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        match item {
            syn::Item::Const(item) => self.define(&item.ident),
            syn::Item::Enum(item) => self.define(&item.ident),
            syn::Item::Fn(item) if is_test(&item.attrs) => return,
            syn::Item::Fn(item) => self.define(&item.sig.ident),
            syn::Item::Mod(item) if is_test(&item.attrs) => return,
            syn::Item::Mod(item) if item.content.is_some() => {
                self.define(&item.ident);
                self.inline.push(item.ident.to_string());
                visit::visit_item_mod(self, item);
                self.inline.pop();
                return;
            }
            syn::Item::Static(item) => self.define(&item.ident),
            syn::Item::Struct(item) => self.define(&item.ident),
            syn::Item::Trait(item) => self.define(&item.ident),
            syn::Item::Type(item) => self.define(&item.ident),
            syn::Item::Use(item) => {
                if !is_test(&item.attrs) {
                    self.tree(&item.tree, &[], !matches!(item.vis, syn::Visibility::Inherited));
                }
                return;
            }
            _ => {}
        }
        visit::visit_item(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !is_test(&item.attrs) {
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if segments.len() > 1
            && let Some(whole) = self.whole(&segments)
        {
            self.module.named.insert(whole);
        }
        visit::visit_path(self, path);
    }

    /// Inside a macro stand tokens, not paths: those that begin like a path of ours are read as one.
    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        let text = mac.tokens.to_string().replace(" :: ", "::");
        for word in text.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':') {
            let segments: Vec<String> =
                word.split("::").filter(|segment| !segment.is_empty()).map(str::to_owned).collect();
            if segments.len() > 1
                && let Some(whole) = self.whole(&segments)
            {
                self.module.named.insert(whole);
            }
        }
        visit::visit_macro(self, mac);
    }
}
