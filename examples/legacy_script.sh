#!/usr/bin/env bash
# A script written for the C++ program, calling neurosim instead.
#
#   bash examples/legacy_script.sh [FOLDER]
#
# It works in FOLDER (default: a new temporary one) and needs `neurosim` on the path. Only the line that puts the
# drop-in in place is new; the calls below are those of the trainer of DNN+NeuroSim.
set -euo pipefail
folder=${1:-$(mktemp -d)}
mkdir -p "$folder/NeuroSIM" "$folder/layer_record"
cd "$folder"

# Instead of `cd NeuroSIM && make`.
neurosim drop-in NeuroSIM/main --force

# Traces of a network of two layers; a trainer writes such files.
printf '%s\n' 8,8,32,3,3,128,1,1 1,1,1152,1,1,10,0,1 > NeuroSIM/NetWork.csv
matrix() {  # matrix ROWS COLUMNS EXPRESSION: a CSV file of numbers
    awk -v rows="$1" -v columns="$2" "BEGIN { for (i = 0; i < rows; i++) { line = \"\"
        for (j = 0; j < columns; j++) line = line (j ? \",\" : \"\") sprintf(\"%s\", $3)
        print line } }"
}
for layer in '1 288 128 288' '2 1152 10 8'; do
    read -r number rows outputs columns <<< "$layer"
    matrix "$rows" "$outputs" '((7 * i + 3 * j) % 31 - 15) / 16' > "layer_record/weight$number.csv"
    matrix "$rows" "$outputs" '((7 * i + 3 * j + i % 2) % 31 - 15) / 16' > "layer_record/weightOld$number.csv"
    matrix "$rows" "$columns" '(i * j) % 5 == 1' > "layer_record/input$number.csv"
done

# Parameters as the C++ program knows them. An edited Param.cpp does as well.
cat > params.csv << 'EOF'
name,value
numRowSubArray,32
numColSubArray,32
numRowSubArrayWG,32
numColSubArrayWG,32
EOF
export NEUROSIM_DESIGN=params.csv

# The call of the trainer: epoch, network, bits of weights and inputs, then four words a layer.
./NeuroSIM/main 0 NeuroSIM/NetWork.csv 5 8 \
    layer_record/weight1.csv layer_record/weightOld1.csv layer_record/input1.csv 0.16 \
    layer_record/weight2.csv layer_record/weightOld2.csv layer_record/input2.csv 0.16 > printed.txt

# What old scripts read.
grep -E '^(ChipArea|Energy Efficiency TOPS/W|Throughput TOPS) ?:' printed.txt
cut -d, -f1-4 NeuroSim_Output.csv
head -n 2 NeuroSim_Results_Each_Epoch/NeuroSim_Breakdown_Epock_0.csv
