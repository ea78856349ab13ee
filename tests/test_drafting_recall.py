from __future__ import annotations

from dataclasses import dataclass

import pytest

from evaluator.drafting import drafts
from evaluator.models import QuestionKind, Rubric
from evaluator.models.paper import Paper, Question, Section, Span
from evaluator.rubrics import Severity, lint


@dataclass(frozen=True)
class Case:
    """A 解析 or 参考答案 and the key points that a careful reader lists for it: `甲|乙=2`, with marks where it gives any."""

    part: str
    text: str
    key_points: str
    choose: int = 0
    faults: str = ""
    reject: str = ""


# fmt: off
CASES = [
    Case("analysis", "本题考察服务意识。答案要体现主动问询、耐心讲解和跟踪回访。", "主动问询|耐心讲解|跟踪回访"),
    Case("analysis", "作答应突出大局意识、底线思维以及担当精神，切忌空喊口号。", "大局意识|底线思维|担当精神"),
    Case("analysis", "需包括以下几点：①现场隔离；②伤员救护；③逐级上报；④原因调查。", "现场隔离|伤员救护|逐级上报|原因调查"),
    Case("analysis", "答题要点：1.核对身份；2.说明政策依据；3.告知办理时限。", "核对身份|说明政策依据|告知办理时限"),
    Case("analysis", "可以从制度、流程、人员三个方面展开论述。", "制度|流程|人员"),
    Case("analysis", "建议从顾客感受、门店成本、品牌形象等角度作答。", "顾客感受|门店成本|品牌形象"),
    Case("analysis", "好的回答需要做到：承认差错、说明补救、防止再犯。", "承认差错|说明补救|防止再犯"),
    Case("analysis", "本题的关键在于分清轻重缓急、争取同事配合、及时向领导报告。", "分清轻重缓急|争取同事配合|及时向领导报告"),
    Case("analysis", "核心是先止损、后追责、再整改。", "止损|追责|整改"),
    Case("analysis", "答案应涵盖货品验收、入库登记、库位摆放和定期盘点四个环节。", "货品验收|入库登记|库位摆放|定期盘点"),
    Case("analysis", "考生应当谈到岗位认识、自身优势和发展打算。", "岗位认识|自身优势|发展打算"),
    Case("analysis", "优秀答案应能结合实例，说明本人所起的作用，并给出可量化的结果。", "结合实例|说明本人所起的作用|给出可量化的结果"),
    Case("analysis", "评分时重点看：是否有数据、是否有对比、是否有结论。", "是否有数据|是否有对比|是否有结论"),
    Case("analysis", "考官主要关注候选人的抗压能力、应变速度和语言组织。", "抗压能力|应变速度|语言组织"),
    Case("analysis", "此题考察学习能力、适应能力。", "学习能力|适应能力"),
    Case("analysis", "回答必须提到防护用具、通风条件与值守人员。", "防护用具|通风条件|值守人员"),
    Case("analysis", "要提到断电、疏散和清点人数。", "断电|疏散|清点人数"),
    Case("analysis", "解析：要说出先扫地、再拖地、最后打蜡三道工序。", "扫地|拖地|打蜡"),
    Case("analysis", "答题方向：一谈认识，二谈做法，三谈保障。", "谈认识|谈做法|谈保障"),
    Case("analysis", "答题思路：表明态度——分析原因——提出对策——总结升华。", "表明态度|分析原因|提出对策|总结升华"),
    Case("analysis", "作答思路：稳定情绪→了解诉求→协商方案→回访确认", "稳定情绪|了解诉求|协商方案|回访确认"),
    Case("analysis", "得分要点有三：其一，说明选址依据；其二，测算客流；其三，比较租金。", "说明选址依据|测算客流|比较租金"),
    Case("analysis", "优秀答案须体现“数据意识”“成本意识”“团队意识”。", "数据意识|成本意识|团队意识"),
    Case("analysis", "作答應突顯「尊重」、「傾聽」及「保密」三項原則。", "尊重|傾聽|保密"),
    Case("analysis", "答案應包括：核對帳目、查明差額、通知主管。", "核對帳目|查明差額|通知主管"),
    Case("analysis", "評分要點：(1)說明退貨條件；(2)指出退款期限；(3)提供聯絡方式。", "說明退貨條件|指出退款期限|提供聯絡方式"),
    Case("analysis", "回答宜采用STAR结构：情境（S）交代背景，任务（T）说明目标，行动（A）写清做法，结果（R）给出数据。", "交代背景|说明目标|写清做法|给出数据"),
    Case("analysis", "建议按STAR法则作答：\nS（情境）：说明项目延期的背景；\nT（任务）：说明本人承担的任务；\nA（行动）：列出采取的措施；\nR（结果）：用数字说明成效。", "说明项目延期的背景|说明本人承担的任务|列出采取的措施|用数字说明成效"),
    Case("analysis", "此题考察成本意识。合格的回答至少要提到采购比价、库存控制两项；优秀的回答还会提到损耗统计。", "采购比价|库存控制|损耗统计"),
    Case("analysis", "要求：①观点明确；②至少举两个例子；③语言通顺。", "观点明确|至少举两个例子|语言通顺"),
    Case("analysis", "答案不唯一，言之有理即可，但应包含对客户的致歉、对原因的解释、对后续的承诺。", "对客户的致歉|对原因的解释|对后续的承诺"),
    Case("analysis", "处理这类问题分三步：先隔离现场，再通知家属，最后写事故报告。", "隔离现场|通知家属|写事故报告"),
    Case("analysis", "应急处置分为预警、响应、恢复三个阶段。", "预警|响应|恢复"),
    Case("analysis", "本题易错在只谈处罚。正确的思路是先调查取证、再听取申辩、后作出处理。", "调查取证|听取申辩|作出处理"),
    Case("analysis", "答题时应体现换位思考、政策解释和情绪疏导，不能只说“我会好好处理”。", "换位思考|政策解释|情绪疏导", reject="我会好好处理"),
    Case("analysis", "应写出停机、挂牌、上锁三个动作，仅回答“注意安全”不得分。", "停机|挂牌|上锁", reject="注意安全"),
    Case("analysis", "要点：致歉（2分）、补发（2分）、登记（2分）。推卸责任的扣2分。", "致歉=2|补发=2|登记=2", faults="推卸责任=2"),
    Case("analysis", "答案需体现“耐心”和“细致”。出现辱骂客户字样的扣3分，泄露客户隐私的扣5分。", "耐心|细致", faults="出现辱骂客户字样=3|泄露客户隐私=5"),
    Case("analysis", "评分标准：说明流程得3分，给出时限得2分；未提及责任人扣1分。", "说明流程=3|给出时限=2|责任人=1"),
    Case("analysis", "扣分项：①答非所问扣2分；②字迹潦草扣1分；③攻击同事扣3分。\n得分点：①说明分工（4分）；②说明时限（4分）。", "说明分工=4|说明时限=4", faults="答非所问=2|字迹潦草=1|攻击同事=3"),
    Case("analysis", "回答应包括排查线路、更换部件、记录维修三项，缺一项扣2分。", "排查线路|更换部件|记录维修"),
    Case("analysis", "采分点：能说出客户的真实需求（2分）；能给出两种以上方案（3分）；能约定回访时间（1分）。", "说出客户的真实需求=2|给出两种以上方案=3|约定回访时间=1"),
    Case("analysis", "评分标准：提到安抚情绪得2分，提到核实订单得3分，提到补偿方案得3分。", "安抚情绪=2|核实订单=3|补偿方案=3"),
    Case("analysis", "提到“双人复核”得2分；提到“日清日结”得2分；其他合理措施得1分。", "双人复核=2|日清日结=2|其他合理措施=1"),
    Case("analysis", "（1）降低成本；（2）缩短工期；（3）提高质量；（4）减少污染；（5）改善安全。每点2分，答出任意4点得8分。", "降低成本=2|缩短工期=2|提高质量=2|减少污染=2|改善安全=2", choose=4),
    Case("analysis", "写出三点即可得满分：人员培训、设备更新、制度完善、激励到位、监督检查。", "人员培训|设备更新|制度完善|激励到位|监督检查", choose=3),
    Case("analysis", "评分：写出产品名称0.5分；写出规格型号0.5分；写出生产日期1分。", "写出产品名称=0.5|写出规格型号=0.5|写出生产日期=1"),
    Case("analysis", "（１）说明来意（２分）；（２）出示证件（２分）；（３）询问情况（４分）。", "说明来意=2|出示证件=2|询问情况=4"),
    Case("analysis", "第一，表明立场，两分；第二，分析利弊，四分；第三，提出建议，四分。", "表明立场=2|分析利弊=4|提出建议=4"),
    Case("analysis", "2分：问候客户并自报姓名。3分：复述客户问题。3分：说明处理办法。", "问候客户并自报姓名=2|复述客户问题=3|说明处理办法=3"),
    Case("analysis", "采分点共4个，每个2分：备份数据；断开网络；通知管理员；保留日志。", "备份数据=2|断开网络=2|通知管理员=2|保留日志=2"),
    Case("analysis", "概念（2分）：指企业对供应商的综合评价。作用（6分）：降低采购风险（2分）、保证供货质量（2分）、稳定合作关系（2分）。", "概念=2|降低采购风险=2|保证供货质量=2|稳定合作关系=2"),
    Case("analysis", "1.原因分析（6分）\n（1）人手不足；\n（2）培训不够；\n2.改进措施（6分）\n（1）增加编制；\n（2）每月培训；", "原因分析=6|改进措施=6"),
    Case("analysis", "1.原因分析\n（1）人手不足（3分）；\n（2）培训不够（3分）；\n2.改进措施\n（1）增加编制（3分）；\n（2）每月培训（3分）；", "人手不足=3|培训不够=3|增加编制=3|每月培训=3"),
    Case("analysis", "评分档次：优（9-10分）：观点鲜明，论据充分；良（7-8分）：观点明确，论据较充分；中（5-6分）：观点基本明确。要点包括：就业带动、技术扩散、税收增长。", "就业带动|技术扩散|税收增长"),
    Case("analysis", "评分项目\t分值\n仪容仪表\t2分\n语言表达\t3分\n问题处理\t5分", "仪容仪表=2|语言表达=3|问题处理=5"),
    Case("analysis", "| 评分点 | 分值 |\n|---|---|\n| 说明事实 | 3 |\n| 引用条款 | 3 |\n| 给出结论 | 4 |", "说明事实=3|引用条款=3|给出结论=4"),
    Case("analysis", "答对原理3分，答对步骤4分，答对注意事项3分。", "原理=3|步骤=4|注意事项=3"),
    Case("analysis", "其中，内容准确占4分，条理清楚占3分，语言流畅占3分。", "内容准确=4|条理清楚=3|语言流畅=3"),
    Case("analysis", "（1）写明报警电话（1分）；（2）写明起火地点（2分）；（3）写明有无被困人员（2分）。共5分。", "写明报警电话=1|写明起火地点=2|写明有无被困人员=2"),
    Case("analysis", "每答对一点得2分，共8分：真实、准确、及时、完整。", "真实=2|准确=2|及时=2|完整=2"),
    Case("reference", "一是健全台账，做到一户一档；二是上门走访，摸清底数；三是限期整改，逐项销号。", "健全台账|上门走访|限期整改"),
    Case("reference", "一方面，要加强对新员工的带教；另一方面，要把老员工的经验整理成手册。", "要加强对新员工的带教|要把老员工的经验整理成手册"),
    Case("reference", "首先，我会向主管说明情况。其次，查阅当天的监控录像。再次，联系失主核对物品。最后，办理移交手续。", "向主管说明情况|查阅当天的监控录像|联系失主核对物品|办理移交手续"),
    Case("reference", "第一，统一思想。召开动员会，说明改革的必要。第二，明确分工。把任务落实到人。第三，严格考核。每周通报进度。", "统一思想|明确分工|严格考核"),
    Case("reference", "第一步：拉下总闸。第二步：检查漏电部位。第三步：更换老化线路。第四步：试运行。", "拉下总闸|检查漏电部位|更换老化线路|试运行"),
    Case("reference", "1）清点现金 2）核对流水 3）填写交接单", "清点现金|核对流水|填写交接单"),
    Case("reference", "· 公开招聘信息\n· 统一笔试\n· 结构化面试\n· 公示结果", "公开招聘信息|统一笔试|结构化面试|公示结果"),
    Case("reference", "编制预算的原则有：量入为出、统筹兼顾、勤俭节约、讲求绩效。", "量入为出|统筹兼顾|勤俭节约|讲求绩效"),
    Case("reference", "核对病人姓名与床号；核对药名和剂量；核对给药时间；核对给药途径。", "核对病人姓名与床号|核对药名和剂量|核对给药时间|核对给药途径"),
    Case("reference", "我的做法可以概括为“摸清家底、分类施策、持续跟进”。先用一周走访，再按困难程度列出名单，之后每月回访一次。", "摸清家底|分类施策|持续跟进"),
    Case("reference", "刚到岗时我也手忙脚乱，后来慢慢有了章法。总之，做好这项工作要靠勤记录、多请教、常复盘。", "勤记录|多请教|常复盘"),
    Case("reference", "遇到这种情况我会当面沟通，核心原则是对事不对人、先听后说、当场定下改法。", "对事不对人|先听后说|当场定下改法"),
    Case("reference", "供应商评审是采购管理的重要环节，主要包括资质审查、样品检验、现场考察和价格谈判。每一项都要留存记录。", "资质审查|样品检验|现场考察|价格谈判"),
    Case("reference", "班组晨会是班组每天开工前的短会。作用：(1)布置任务；(2)提示风险；(3)鼓舞士气。", "布置任务|提示风险|鼓舞士气"),
    Case("reference", "一、原因\n1.市场萎缩。\n2.产品老化。\n二、对策\n1.开拓新渠道。\n2.推出新品。", "市场萎缩|产品老化|开拓新渠道|推出新品"),
    Case("reference", "一、会前：\n1.发通知；\n2.订会场。\n二、会中：\n1.签到；\n2.记录。\n三、会后：\n1.发纪要；\n2.跟进决议。", "会前|会中|会后"),
    Case("reference", "1.真诚——不夸大、不隐瞒。2.专业——懂产品、懂流程。3.高效——当日事当日毕。", "真诚|专业|高效"),
    Case("reference", "①查：查看设备日志，确认故障时间。②报：上报值班领导。③修：联系厂家到场维修。", "查看设备日志|上报值班领导|联系厂家到场维修"),
    Case("reference", "其一，规范合同文本；其二，建立客户信用档案；其三，缩短账期。", "规范合同文本|建立客户信用档案|缩短账期"),
    Case("reference", "我会先把孩子带到安静的地方，让他缓一缓。接着联系家长，说明事情的经过。然后找当时在场的同学了解情况。最后把处理结果写进班级日志。", "把孩子带到安静的地方|联系家长|找当时在场的同学了解情况|把处理结果写进班级日志"),
    Case("reference", "面对这种情况，我会保持冷静，不与顾客争吵。我会仔细查看小票和商品，确认是否在退换期内。例如，超过七天的商品要看是否有质量问题。如果符合规定，我会立即办理退款。这样可以让顾客感到被尊重。同时，我会把这次的情况记录下来，供晚班同事参考。", "保持冷静|仔细查看小票和商品|立即办理退款|把这次的情况记录下来"),
    Case("reference", "招聘面试要守好几条底线。公平对待。所有应聘者问同样的题目，用同一张评分表打分。保护隐私。不问婚育、宗教等与岗位无关的问题，材料专人保管。及时反馈。无论录用与否，三个工作日内都给应聘者答复。", "公平对待|保护隐私|及时反馈"),
    Case("reference", "及时发现隐患，防止事故扩大。", "及时发现隐患|防止事故扩大"),
    Case("reference", "开展消防演练的意义在于：检验预案是否可行，锻炼员工自救能力，发现设施缺陷。", "检验预案是否可行|锻炼员工自救能力|发现设施缺陷"),
    Case("reference", "A.关闭阀门\nB.打开窗户\nC.撤到室外\nD.拨打抢修电话", "关闭阀门|打开窗户|撤到室外|拨打抢修电话"),
    Case("reference", "答：①统计口径不一致 ②数据重复录入 ③缺少复核", "统计口径不一致|数据重复录入|缺少复核"),
    Case("reference", "做到三心，即对老人有爱心、对家属有诚心、对工作有责任心。", "对老人有爱心|对家属有诚心|对工作有责任心"),
    Case("reference", "要熟悉货品，要看懂单据，还要会用扫码枪。", "熟悉货品|看懂单据|会用扫码枪"),
    Case("analysis", "A good answer should mention checking the fire exits, counting the guests, and calling the brigade.", "checking the fire exits|counting the guests|calling the brigade"),
    Case("analysis", "Award 2 marks for naming the fault; 1 mark for giving its cause; 1 mark for a remedy.", "naming the fault=2|giving its cause=1|a remedy=1"),
    Case("analysis", "Any three from: lower cost, faster delivery, fewer returns, better packaging. 1 mark each.", "lower cost=1|faster delivery=1|fewer returns=1|better packaging=1", choose=3),
    Case("analysis", "Marking scheme:\n- States the policy (2 marks)\n- Applies it to the case (3 marks)\n- Reaches a conclusion (1 mark)", "States the policy=2|Applies it to the case=3|Reaches a conclusion=1"),
    Case("analysis", "Key points: listens without interrupting; confirms the facts; offers two options.", "listens without interrupting|confirms the facts|offers two options"),
    Case("analysis", "Look for: ownership of the mistake, a concrete fix, what was learned.", "ownership of the mistake|a concrete fix|what was learned"),
    Case("analysis", "Strong candidates will explain the trade-off, give an example and state the outcome. Deduct 1 mark if the candidate blames a colleague.", "explain the trade-off|give an example|state the outcome", faults="blames a colleague=1"),
    Case("analysis", "One mark for each of the following: date, amount, payee, signature.", "date=1|amount=1|payee=1|signature=1"),
    Case("analysis", "1 mark: identifies the stakeholder\n2 marks: explains their interest\n2 marks: suggests how to involve them", "identifies the stakeholder=1|explains their interest=2|suggests how to involve them=2"),
    Case("analysis", 'The answer must cover the scope of the audit, the sampling method and the reporting line. Do not accept "check everything".', "the scope of the audit|the sampling method|the reporting line", reject="check everything"),
    Case("reference", "First, isolate the machine. Second, tell the supervisor. Third, fill in the log. Finally, arrange the repair.", "isolate the machine|tell the supervisor|fill in the log|arrange the repair"),
    Case("reference", "The main duties are planning the rota, training new staff, and handling complaints.", "planning the rota|training new staff|handling complaints"),
    Case("reference", "I would greet the guest and apologise for the wait. Then I would check the booking. If the room is not ready, I would offer a drink. I would call the guest as soon as the room is ready.", "greet the guest and apologise for the wait|check the booking|offer a drink|call the guest as soon as the room is ready"),
    Case("analysis", "Candidates should:\n(a) define inflation;\n(b) distinguish demand-pull from cost-push;\n(c) give one example.", "define inflation|distinguish demand-pull from cost-push|give one example"),
    Case("analysis", "Full marks for any two of the following: reduces waste; saves energy; improves safety; cuts noise.", "reduces waste|saves energy|improves safety|cuts noise", choose=2),
    Case("analysis", "本题主要考察候选人的沟通能力。回答时应该注意三点：态度诚恳、语言得体、逻辑清楚。", "态度诚恳|语言得体|逻辑清楚"),
    Case("analysis", "参考得分点：①能认识到投诉的价值（3分）②提出快速响应机制（3分）③强调事后复盘（2分）④表达流畅（2分）", "认识到投诉的价值=3|提出快速响应机制=3|强调事后复盘=2|表达流畅=2"),
    Case("analysis", "面试官希望看到：候选人敢于承认不足、有具体的改进动作、改进之后有效果。", "候选人敢于承认不足|有具体的改进动作|改进之后有效果"),
    Case("analysis", "高分回答的特征：一、有真实案例；二、有数据支撑；三、有反思总结。", "有真实案例|有数据支撑|有反思总结"),
    Case("analysis", "该题旨在考查应试者的组织协调能力，应试者应从活动前的准备、活动中的控制、活动后的总结三方面作答。", "活动前的准备|活动中的控制|活动后的总结"),
    Case("analysis", "评分参考：能够准确说出定义，给3分；能够说明两者区别，给3分；能够举例，给2分。", "准确说出定义=3|说明两者区别=3|举例=2"),
    Case("analysis", "【考点】应急处理\n【要点】1、关掉电源 2、疏散人群 3、使用灭火器 4、拨打119", "关掉电源|疏散人群|使用灭火器|拨打119"),
    Case("analysis", "要点提示：客户分级、差异化服务、定期回访、流失预警。", "客户分级|差异化服务|定期回访|流失预警"),
    Case("analysis", "本题考查现金盘点。答案应当至少包含“双人在场”、“逐笔核对”与“当日签字”这三个要素，缺少任一要素扣1分。", "双人在场|逐笔核对|当日签字"),
    Case("analysis", "解题关键：先识别风险等级，再选择对应预案，最后落实责任人。", "识别风险等级|选择对应预案|落实责任人"),
    Case("analysis", "此题没有标准答案，考官可以从以下几个方面进行评价：（1）是否理解题意（2）是否有条理（3）是否切实可行", "是否理解题意|是否有条理|是否切实可行"),
    Case("analysis", "回答这类题目，切忌抱怨前任领导。可以从个人发展、行业前景、岗位匹配度来谈。", "个人发展|行业前景|岗位匹配度"),
    Case("analysis", "采分点（共8分）：说明原因2分；承担责任2分；补救措施3分；态度1分。", "说明原因=2|承担责任=2|补救措施=3|态度=1"),
    Case("analysis", "好的答案会涉及需求调研、竞品对比、用户测试，并且能说清取舍理由。", "需求调研|竞品对比|用户测试|说清取舍理由"),
    Case("analysis", "关键词：保密、合规、授权、留痕。", "保密|合规|授权|留痕"),
    Case("analysis", "【解析】考察点为团队协作。作答应体现以下几层意思：对同事的理解；主动沟通的意愿；以工作为重的态度。", "对同事的理解|主动沟通的意愿|以工作为重的态度"),
    Case("analysis", "评分细则：\n1. 内容完整（4分）：包含时间、地点、人物。\n2. 格式规范（2分）：有标题和落款。\n3. 语言得体（2分）。", "内容完整=4|格式规范=2|语言得体=2"),
    Case("analysis", "每答出一条得1分，答满5条得5分。参考：节约用电；双面打印；少用一次性杯；垃圾分类；绿色出行；旧物再用。", "节约用电=1|双面打印=1|少用一次性杯=1|垃圾分类=1|绿色出行=1|旧物再用=1", choose=5),
    Case("analysis", "答案中出现“不归我管”“找别人去”之类的推诿语言，扣3分；态度生硬，扣2分。主要看：主动承接、问清诉求、给出答复时间。", "主动承接|问清诉求|给出答复时间", faults="出现“不归我管”“找别人去”之类的推诿…=3|态度生硬=2"),
    Case("analysis", "说明：本题满分10分。观点3分，论据4分，语言3分。", "观点=3|论据=4|语言=3"),
    Case("analysis", "应答要领在于：一稳情绪，二听诉求，三给方案，四做回访。", "稳情绪|听诉求|给方案|做回访"),
    Case("analysis", "未结合案例的酌情扣1～2分，未说明依据扣2分。要点：权利归属（4分）、赔偿范围（4分）。", "结合案例=1|说明依据=2|权利归属=4|赔偿范围=4"),
    Case("analysis", "核心要素包括目标设定、资源配置、进度跟踪以及风险应对。", "目标设定|资源配置|进度跟踪|风险应对"),
    Case("analysis", "正确做法应为：佩戴绝缘手套，验电，挂接地线，悬挂警示牌。", "佩戴绝缘手套|验电|挂接地线|悬挂警示牌"),
    Case("analysis", "此题测评责任心。答出三条及以上者满分：交接清楚、记录完整、异常上报、现场整洁。", "交接清楚|记录完整|异常上报|现场整洁", choose=3),
    Case("reference", "1.原因：（1）宣传不到位；（2）手续繁琐；（3）补贴太低。2.建议：（1）进社区宣讲；（2）简化手续；（3）提高标准。", "宣传不到位|手续繁琐|补贴太低|进社区宣讲|简化手续|提高标准"),
    Case("reference", "答：资产负债表反映的是某一时点的财务状况，利润表反映的是一定期间的经营成果。", "资产负债表反映的是某一时点的财务状况|利润表反映的是一定期间的经营成果"),
    Case("reference", "采购合同应载明以下条款：标的、数量、质量、价款、履行期限、违约责任。", "标的|数量|质量|价款|履行期限|违约责任"),
    Case("reference", "入库检验的程序：核对送货单→外观检查→抽样检测→填写检验报告→办理入库。", "核对送货单|外观检查|抽样检测|填写检验报告|办理入库"),
    Case("reference", "作为班长，我会先召集组员说明任务的紧迫性，再按各人专长分工，同时把进度表贴在白板上。遇到卡点，我会当天协调解决。任务完成后，我会请大家一起复盘。", "召集组员说明任务的紧迫性|按各人专长分工|把进度表贴在白板上|当天协调解决|请大家一起复盘"),
    Case("reference", "我认为优秀的销售要具备三种能力：倾听客户的能力、快速学习的能力和自我激励的能力。倾听让我知道客户要什么；学习让我跟上产品更新；自我激励让我在被拒绝后重新出发。", "倾听客户的能力|快速学习的能力|自我激励的能力"),
    Case("reference", "(一)加强组织领导。成立专班，主要负责人亲自抓。(二)完善工作机制。每周例会，每月通报。(三)强化督导考核。纳入年终评优。", "加强组织领导|完善工作机制|强化督导考核"),
    Case("reference", "第一，认错要快；第二，补救要实；第三，回访要真。", "认错要快|补救要实|回访要真"),
    Case("reference", "主要措施：\n（1）设置导引员，分流人群。\n（2）增开临时窗口。\n（3）推广网上预约。", "设置导引员|增开临时窗口|推广网上预约"),
    Case("reference", "绩效面谈的作用有：反馈工作结果；指出改进方向；增进上下级信任；确定下一期目标。", "反馈工作结果|指出改进方向|增进上下级信任|确定下一期目标"),
    Case("reference", "防止食物中毒要做到：食材新鲜，生熟分开，烧熟煮透，餐具消毒，专人留样。", "食材新鲜|生熟分开|烧熟煮透|餐具消毒|专人留样"),
    Case("reference", "可从三方面入手：一是提高响应速度，二是丰富自助渠道，三是加强质检。", "提高响应速度|丰富自助渠道|加强质检"),
    Case("reference", "消费者享有安全权、知情权、自主选择权、公平交易权、求偿权。", "安全权|知情权|自主选择权|公平交易权|求偿权"),
    Case("reference", "流程如下：登记信息，测量体温，引导就座，通知医生。", "登记信息|测量体温|引导就座|通知医生"),
    Case("reference", "特点：①突发性；②危害性；③紧迫性；④不确定性。", "突发性|危害性|紧迫性|不确定性"),
    Case("analysis", "Mark scheme\n1 mark for each correct point, up to 4 marks:\n• checks ID\n• signs the visitor in\n• issues a badge\n• escorts the visitor\n• explains the fire exits", "checks ID=1|signs the visitor in=1|issues a badge=1|escorts the visitor=1|explains the fire exits=1", choose=4),
    Case("analysis", "Model answers refer to customer needs, product fit and after-sales support.", "customer needs|product fit|after-sales support"),
    Case("analysis", "Credit: defines the term (1), gives a formula (2), works through an example (2).", "defines the term=1|gives a formula=2|works through an example=2"),
    Case("analysis", "What to look for: a specific situation; the candidate's own actions; a measurable result. Penalise (-1) vague answers.", "a specific situation|the candidate's own actions|a measurable result"),
    Case("analysis", "Full-mark answers need all of these: identification of the hazard, control measures, and a review date.", "identification of the hazard|control measures|a review date"),
    Case("analysis", "Expected points: 1) back up the data 2) inform users 3) apply the patch 4) test the system", "back up the data|inform users|apply the patch|test the system"),
    Case("reference", "There are three stages: forming, storming and norming.", "forming|storming|norming"),
    Case("reference", "A manager should set clear targets. They should give regular feedback. They should recognise good work publicly.", "set clear targets|give regular feedback|recognise good work publicly"),
    Case("analysis", "Award one mark per point: safety, speed, cost, comfort (max 3).", "safety=1|speed=1|cost=1|comfort=1", choose=3),
    Case("analysis", "本题重在考查考生的统筹能力。得分关键在于能否兼顾进度、质量和成本，并给出取舍的依据。", "进度|质量|成本|给出取舍的依据"),
    Case("analysis", "评判要点：第一，是否主动亮明身份；第二，是否耐心听完诉求；第三，是否当场给出办理时限。三点各占2分。", "是否主动亮明身份=2|是否耐心听完诉求=2|是否当场给出办理时限=2"),
    Case("analysis", "作答须紧扣“依法”、“公开”、“便民”六个字，展开时可结合窗口服务实例。", "依法|公开|便民"),
    Case("analysis", "优秀（9～10分）：能全面分析市场、产品、渠道、团队四个因素；良好（7～8分）：能分析其中三个；一般（6分以下）：分析不全。", "市场|产品|渠道|团队"),
    Case("analysis", "踩分点：1、查明原因，2分；2、当面道歉，2分；3、赔偿方案，3分；4、防范措施，3分。", "查明原因=2|当面道歉=2|赔偿方案=3|防范措施=3"),
    Case("analysis", "应聘者若能讲出目标拆解、过程检查、结果复盘，说明具备较强的执行力。", "目标拆解|过程检查|结果复盘"),
    Case("analysis", "回答本题时，建议先简要概述背景，然后重点说明自己采取的行动，最后用数据说明结果。", "简要概述背景|重点说明自己采取的行动|用数据说明结果"),
    Case("analysis", "该题为开放题，言之成理即可得分，但以下三点不可缺少：保护隐私、征得同意、留存记录。", "保护隐私|征得同意|留存记录"),
    Case("analysis", "此题考察岗位认知。参考要点：会务安排/文件流转/印章管理/来访接待。", "会务安排|文件流转|印章管理|来访接待"),
    Case("analysis", "考查要点：（1）对政策的熟悉程度；（2）解释政策的通俗程度；（3）面对质疑的耐心程度。", "对政策的熟悉程度|解释政策的通俗程度|面对质疑的耐心程度"),
    Case("analysis", "要求至少说出两个原因：供应商延期、计划不准、质检卡顿、运输受阻。每个原因3分。", "供应商延期=3|计划不准=3|质检卡顿=3|运输受阻=3", choose=2),
    Case("analysis", "凡出现歧视性言论的，一律扣4分；照抄题干者不得分。作答应提到岗位说明书、绩效记录和面谈记录。", "岗位说明书|绩效记录|面谈记录", faults="出现歧视性言论=4|照抄题干=8"),
    Case("analysis", "本题满分8分：判断正确2分，法条引用3分，理由阐述3分。", "判断正确=2|法条引用=3|理由阐述=3"),
    Case("analysis", "答题模板：赞同观点+个人经历+方法总结。", "赞同观点|个人经历|方法总结"),
    Case("analysis", "不能简单回答“服从安排”，而要说明自己的想法、与领导沟通的方式以及最终如何执行。", "想法|与领导沟通的方式|最终如何执行", reject="服从安排"),
    Case("analysis", "理想的回答结构：结论先行 → 三个理由 → 一个案例 → 重申结论", "结论先行|三个理由|一个案例|重申结论"),
    Case("reference", "我会从制度、人员、技术三个层面来防范泄密。制度上，签订保密协议；人员上，定期培训；技术上，加密文件。", "制度|人员|技术"),
    Case("reference", "答：①确定盘点范围与日期；②冻结库存；③双人清点；④差异分析；⑤账务调整。（每点2分，共10分）", "确定盘点范围与日期=2|冻结库存=2|双人清点=2|差异分析=2|账务调整=2"),
    Case("reference", "安全巡检的“五到”是指：走到、看到、听到、摸到、闻到。", "走到|看到|听到|摸到|闻到"),
    Case("reference", "有效沟通的障碍包括语言障碍、情绪障碍、地位障碍和信息过载等。消除障碍要靠主动倾听与及时反馈。", "语言障碍|情绪障碍|地位障碍|信息过载"),
    Case("reference", "1．目的不同：前者为了规范流程，后者为了提高效率。2．对象不同：前者针对全体员工，后者针对管理者。3．方法不同：前者靠制度，后者靠授权。", "目的不同|对象不同|方法不同"),
    Case("reference", "接到通知后，我马上联系了三家备选供应商。比较价格和交期后，我选定了其中一家，并向经理汇报。货物在周五前到齐，生产没有中断。", "我马上联系了三家备选供应商|我选定了其中一家|货物在周五前到齐"),
    Case("reference", "处理原则：属地管理、分级负责、依法处置、及时公开。处理步骤：接报、核实、处置、回复。", "属地管理|分级负责|依法处置|及时公开|接报|核实|处置|回复"),
    Case("reference", "一要摸清底数。逐户登记。二要分类帮扶。因户施策。三要跟踪问效。每月回访。", "摸清底数|分类帮扶|跟踪问效"),
    Case("reference", "新员工入职当天应完成：签订合同、领取工牌、开通账号、参观工位。", "签订合同|领取工牌|开通账号|参观工位"),
    Case("analysis", "Points to cover: why the delay happened; what you told the client; how you prevented a repeat. Each is worth 2 marks.", "why the delay happened=2|what you told the client=2|how you prevented a repeat=2"),
    Case("analysis", "Look for evidence of planning, delegation and follow-through. Candidates who blame others lose 2 marks.", "planning|delegation|follow-through", faults="blame others=2"),
    Case("analysis", "Marks: diagnosis 3; remedy 3; prevention 2.", "diagnosis=3|remedy=3|prevention=2"),
    Case("analysis", "Award up to 3 marks for a clear structure and up to 5 marks for relevant evidence.", "a clear structure=3|relevant evidence=5"),
    Case("reference", "Three things matter most: speed, accuracy and courtesy.", "speed|accuracy|courtesy"),
    Case("analysis", "考察重点是风险意识。答题时应围绕识别、评估、应对三个环节展开。", "识别|评估|应对"),
    Case("analysis", "评分标准：能结合岗位特点（3分），能提出两条以上措施（4分），表达有条理（3分）。", "结合岗位特点=3|提出两条以上措施=4|表达有条理=3"),
    Case("analysis", "较好的回答会先表达理解，再说明公司规定，最后给出替代方案。较差的回答：直接拒绝、推给同事。", "表达理解|说明公司规定|给出替代方案"),
    Case("analysis", "本题的考察点有两个：一个是时间管理，另一个是优先级判断。", "时间管理|优先级判断"),
    Case("analysis", "好的答案至少应具备以下特征：态度积极、事例真实、逻辑清晰。如果只是泛泛而谈，则不能得高分。", "态度积极|事例真实|逻辑清晰"),
    Case("reference", "做好前台工作，我觉得要有三个“度”：微笑有温度、应答有速度、记录有精度。", "微笑有温度|应答有速度|记录有精度"),
    Case("reference", "（1）优点：成本低、上手快；（2）缺点：扩展性差、安全性弱。", "优点|缺点"),
    Case("reference", "库存周转率=销售成本/平均库存。提高周转率的途径：清理呆滞品；缩短采购周期；优化安全库存。", "清理呆滞品|缩短采购周期|优化安全库存"),
    Case("analysis", "参考评分：\n1、问候与自我介绍  2分\n2、确认客户身份  2分\n3、解决问题  4分\n4、礼貌结束  2分", "问候与自我介绍=2|确认客户身份=2|解决问题=4|礼貌结束=2"),
    Case("analysis", "得分点：倾听（2分）/共情（2分）/方案（3分）/跟进（3分）", "倾听=2|共情=2|方案=3|跟进=3"),
    Case("analysis", "Candidates should describe the conflict, explain how they resolved it and reflect on what they learned.", "describe the conflict|explain how they resolved it|reflect on what they learned"),
    Case("analysis", "Marks are given for: accuracy (3 marks), presentation (2 marks) and originality (3 marks).", "accuracy=3|presentation=2|originality=3"),
    Case("reference", "The three main causes are poor training, old equipment and long shifts.", "poor training|old equipment|long shifts"),
]
# fmt: on


def drafted(case: Case) -> Rubric:
    question = Question(
        number="1",
        stem="Why?" if case.text.isascii() else "你会怎么做？",
        kind=QuestionKind.SHORT_ANSWER,
        points=8,
        **{case.part: case.text, f"{case.part}_span": Span(start=0, end=len(case.text))},
    )
    (made,) = drafts(Paper(title="卷", sha256="0" * 64, sections=(Section(title="", questions=(question,)),)), slug="x")
    assert made.rubric is not None
    return made.rubric


def told(rubric: Rubric) -> str:
    given = rubric.points_from == "paper"
    return "|".join(
        f"{point.source.words}={point.points:g}" if given else point.source.words for point in rubric.key_points
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text[:16])
def test_the_draft_lists_what_a_careful_reader_lists(case):
    rubric = drafted(case)
    assert told(rubric) == case.key_points
    assert [group.choose for group in rubric.any_of] == ([case.choose] if case.choose else [])
    assert "|".join(f"{fault.name}={fault.points:g}" for fault in rubric.deductions) == case.faults
    assert "|".join(dict.fromkeys(phrase for point in rubric.key_points for phrase in point.reject)) == case.reject
    assert Severity.ERROR not in {finding.severity for finding in lint(rubric)}
    for point in rubric.key_points:
        assert case.text[point.source.start : point.source.end] == point.source.words
