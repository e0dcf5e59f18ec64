"""annotations.csv: what is read, and how each mistake is named."""

import unicodedata

import numpy as np
import pytest

from tf_explainer.datasets.image_folders.annotations import SPLITS, Annotations
from tf_explainer.errors import InputError

HEADER = "file,category,split,head_y,head_x"
GOOD = ("a.png,cat,train,0.25,0.5", "b.png,dog,test,,")


def write(folder, *lines, header=HEADER):
    """Writes a csv file and returns its path."""
    path = folder / "annotations.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def test_reads_rows_and_landmarks(tmp_path):
    """An empty landmark is hidden; both coordinates keep their order."""
    annotations = Annotations.read(write(tmp_path, *GOOD))
    assert annotations.files.tolist() == ["a.png", "b.png"]
    assert annotations.categories.tolist() == ["cat", "dog"]
    assert annotations.splits.tolist() == ["train", "test"]
    assert annotations.landmark_names == ("head",)
    np.testing.assert_array_equal(
        annotations.landmarks, [[[0.25, 0.5]], [[np.nan, np.nan]]]
    )


def test_no_landmarks_and_other_columns(tmp_path):
    """Landmarks may be missing altogether, and more columns do no harm."""
    path = write(
        tmp_path,
        "a.png,x,cat,train",
        "b.png,y,dog,test",
        header="file,note,category,split",
    )
    annotations = Annotations.read(path)
    assert annotations.landmark_names == ()
    assert annotations.landmarks.shape == (2, 0, 2)


def test_byte_order_mark_blank_line_and_odd_names(tmp_path):
    """A spreadsheet's habits, and a category that pandas takes for missing."""
    path = tmp_path / "annotations.csv"
    text = "file,category,split,,\na.png,NA,train,,\n\n,,\nb.png,dog,test,,\n"
    path.write_text(text, encoding="utf-8-sig")
    annotations = Annotations.read(path)
    assert annotations.categories.tolist() == ["NA", "dog"]
    assert annotations.lines.tolist() == [2, 5]


def test_names_are_tidy(tmp_path):
    """Spaces around names and the way an ö is written change nothing."""
    apart = unicodedata.normalize("NFD", "ö")
    path = tmp_path / "annotations.csv"
    path.write_text(
        f"file , category,split,{apart}hr _y, öhr_x,schwanz_y,schwanz_x\n"
        f"d{apart}g /1.png ,\xa0d{apart}g\u200b, train ,0.25, 0.5,,\n"
        "cat/2.png,cat ,test,,,,\n",
        encoding="utf-8",
    )
    annotations = Annotations.read(path)
    assert annotations.files.tolist() == ["dög/1.png", "cat/2.png"]
    assert annotations.categories.tolist() == ["dög", "cat"]
    assert annotations.splits.tolist() == ["train", "test"]
    assert annotations.landmark_names == ("öhr", "schwanz")
    assert annotations.landmarks[0, 0].tolist() == [0.25, 0.5]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (("a.png,cat,train,1.5,0.5",), r"line 2: `head_y` .* received '1.5'"),
        (("a.png,cat,train,0.5,-0.1",), r"line 2: `head_x` .* received '-0.1'"),
        (("a.png,cat,train,0.5,nan",), r"received 'nan'. Leave the cell empty"),
        (("a.png,cat,train,0.5,-1",), r"received '-1'. Leave the cell empty"),
        (("a.png,cat,train,31,0.5",), r"'31'. If it counts pixels, .* height"),
        (("a.png,cat,train,0.5,2.5",), r"'2.5'. If it counts .* image's width"),
        (('a.png,cat,train,"0,5",0.5',), r"'0,5'. Decimals have a point"),
        (("a.png,cat,train,0,5,0,5",), r"line 2.* decimals have a point"),
        (("a.png,cat,Train,,",), r"received 'Train'. Write 'train'"),
        (("a.png,cat,TEST,,",), r"received 'TEST'. Write 'test'"),
        (("a.png,cat,training,,",), r"received 'training'. Write 'train'"),
        (("a.png,cat,validation,,",), r"Images that are not learned from"),
        (("a.png, ,train,,",), r"line 2: `category` is empty"),
        (("a/ .. /../../b,cat,train,,",), r"must lie inside images/"),
        (("a.png,cat,train,0.5,inf",), r"line 2: `head_x` .* received 'inf'"),
        (("a.png,cat,train,left,0.5",), r"`head_y` .* received 'left'"),
        (("a.png,cat,train,0.5,",), r"line 2: landmark 'head' has one coord"),
        (("a.png,cat,train,,0.5",), r"line 2: landmark 'head' has one coord"),
        (("a.png,cat,valid,,",), r"line 2: `split` .* received 'valid'"),
        (("a.png,,train,,",), r"line 2: `category` is empty"),
        (("a.png;cat;train",), r"`category` is empty. Write commas between"),
        ((",cat,train,,",), r"line 2: `file` is empty"),
        (("../a.png,cat,train,,",), r"line 2: `file` .* received '../a.png'"),
        (("b/../../a.png,cat,train,,",), r"inside images/ .* received 'b/../"),
        (("/etc/a.png,cat,train,,",), r"path below it, received '/etc/a"),
        (("C:\\a.png,cat,train,,",), r"inside images/ .* received 'C:"),
        (("..\\a.png,cat,train,,",), r"inside images/ .* received '\.\."),
        ((*GOOD, "a.png,cat,test,,"), r"line 4: .*'a.png' .* of line 2"),
        ((*GOOD, "./a.png,cat,test,,"), r"line 4: .*'./a.png' .* of line 2"),
        (("a.png,cat,train,,",), r"split 'test' is empty"),
        (("a.png,cat,test,,",), r"split 'train' is empty"),
        ((), r"split 'train' is empty"),
        (("a.png,cat,train,,,more",), r"cannot be read as csv.*line 2"),
    ],
)
def test_names_the_mistake(tmp_path, rows, message):
    """One line with the file, the line, the column and the value."""
    path = write(tmp_path, *rows)
    with pytest.raises(InputError, match=message) as caught:
        Annotations.read(path)
    assert "annotations.csv" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("file,split,category_name", r"missing columns \['category'\]"),
        ("image,class", r"missing columns \['file', 'category', 'split'\]"),
        ("file,category,split,split", r"repeated columns \['split'\]"),
        ("file,category,split,head_y", r"'head_y' .* 'head_x' is missing"),
        ("file,category,split,head_x", r"'head_x' .* 'head_y' is missing"),
        ("file,category,split,_y,_x", r"'_y' names no landmark; .* 'head_y'"),
        ("file,category,split, _x", r"'_x' names no landmark"),
        ("file,category,split,head_y,head_x,head _y", r"repeated .*'head_y'"),
        ("file,category,split,head_Y,head_X", r"write 'head_y' in .*'head_Y'"),
        ("file,category,split,head_y,head_X", r"write 'head_x' in .*'head_X'"),
        ("file,category,split,y,x", r"'y' and 'x' look like a landmark's"),
        ("file,category,split,tip y,tip x", r"call them 'tip_y' and 'tip_x'"),
        ("file,category,split,tip.x,tip.y", r"call them 'tip_y' and 'tip_x'"),
        ("file,category,split,tipY,tipX", r"call them 'tip_y' and 'tip_x'"),
        ("file,category,split,y_tip,x_tip", r"call them 'tip_y' and 'tip_x'"),
        ("File,category,split", r"Write 'file' in place of 'File'"),
        ("file;category;split", r"separated by semicolons: save .* commas"),
        ("file\tcategory\tsplit", r"separated by tabs: save .* commas"),
    ],
)
def test_names_the_columns(tmp_path, header, message):
    """Columns that are missing, twice there, or half of a landmark."""
    with pytest.raises(InputError, match=message):
        Annotations.read(write(tmp_path, "a.png,cat,train", header=header))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\xff\xfe\x00\x81", "cannot be read as csv: it is UTF-16; save"),
        ((HEADER + "\n").encode("utf-16"), "it is UTF-16; save it as csv in U"),
        (HEADER.encode("utf-16-le"), "zero bytes, as UTF-16 does; save"),
        (b"PK\x03\x04...", "it is a workbook; save it as csv"),
        (b"file,category,split\n\na,d\xf6g,test", "line 3: .* not UTF-8"),
        (b"\n" + HEADER.encode(), "first line is empty; it must begin"),
    ],
)
def test_no_csv_at_all(tmp_path, content, message):
    """An empty file and a binary one."""
    path = tmp_path / "annotations.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        Annotations.read(path)


def test_missing_file(tmp_path):
    """The path is named."""
    with pytest.raises(InputError, match=r"annotations\.csv: there is no"):
        Annotations.read(tmp_path / "annotations.csv")


def test_many_columns(tmp_path):
    """Refused before they are read; some hundreds take no time."""
    path = tmp_path / "annotations.csv"
    head = "file,category,split"
    path.write_text(head + ",a" * 50_000 + "\n")
    with pytest.raises(InputError, match="at most 2,000 columns are read, rec"):
        Annotations.read(path)
    marks = "".join(f",mark {i}_y,mark {i}_x" for i in range(500))
    rows = [f"{split}.jpg,cat,{split}" + ",0.5" * 1000 for split in SPLITS]
    path.write_text("\n".join([head + marks, *rows]))
    assert Annotations.read(path).landmarks.shape == (2, 500, 2)
